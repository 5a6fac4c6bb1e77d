using System.Reflection;
using System.Reflection.Emit;
using Ledger.Core.Events;
using Ledger.Core.Kernels;
using Xunit;

namespace Ledger.Tests.Architecture;

/// <summary>Guaranteed by reading Core's compiled code: no I/O, clock, randomness, environment or culture, and no floating point outside the analysis.</summary>
public sealed class PurityTests
{
    private static readonly Assembly Core = typeof(EventKind).Assembly;

    private static readonly string[] BannedTypes =
    [
        "System.IO.File", "System.IO.FileStream", "System.IO.Directory", "System.IO.FileInfo", "System.Console", "System.Environment",
        "System.Random", "System.Security.Cryptography.RandomNumberGenerator", "System.Diagnostics.Stopwatch", "System.Diagnostics.Process",
        "System.TimeZoneInfo", "System.TimeProvider", "System.HashCode", "System.Net.Http.HttpClient", "System.Net.Sockets.Socket", "System.Threading.Thread",
    ];

    private static readonly string[] BannedMembers =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today", "System.DateTimeOffset.get_Now",
        "System.DateTimeOffset.get_UtcNow", "System.Guid.NewGuid", "System.Guid.CreateVersion7", "System.Globalization.CultureInfo.get_CurrentCulture",
        "System.Globalization.CultureInfo.get_CurrentUICulture",
    ];

    private static readonly OpCode[] FloatingOpCodes =
    [
        OpCodes.Ldc_R4, OpCodes.Ldc_R8, OpCodes.Conv_R4, OpCodes.Conv_R8, OpCodes.Conv_R_Un, OpCodes.Ldind_R4, OpCodes.Ldind_R8,
        OpCodes.Stind_R4, OpCodes.Stind_R8, OpCodes.Ldelem_R4, OpCodes.Ldelem_R8, OpCodes.Stelem_R4, OpCodes.Stelem_R8,
    ];

    [Fact]
    public void Core_calls_nothing_that_depends_on_the_machine_or_the_moment()
    {
        List<string> found = [];
        foreach (MethodBase method in MethodsOf(Core.GetTypes()))
        {
            foreach (MemberInfo member in IlReader.MembersUsed(method))
            {
                string type = member is Type t ? t.FullName ?? "" : member.DeclaringType?.FullName ?? "";
                if (BannedTypes.Contains(type) || BannedMembers.Contains($"{type}.{member.Name}")) found.Add($"{method.DeclaringType}.{method.Name} uses {type}.{member.Name}");
            }
        }

        Assert.Empty(found);
    }

    [Fact]
    public void Core_has_no_floating_point_outside_the_analysis()
    {
        List<string> found = [];
        foreach (MethodBase method in MethodsOf(Core.GetTypes().Where(t => t.Namespace?.StartsWith("Ledger.Core.Economics", StringComparison.Ordinal) != true)))
        {
            bool opcode = IlReader.OpCodesOf(method).Any(FloatingOpCodes.Contains);
            bool signature = method.GetParameters().Select(p => p.ParameterType)
                .Concat(method.GetMethodBody()?.LocalVariables.Select(l => l.LocalType) ?? [])
                .Any(t => t == typeof(double) || t == typeof(float) || t == typeof(decimal));
            if (opcode || signature) found.Add($"{method.DeclaringType}.{method.Name}");
        }

        Assert.Empty(found);
    }

    [Fact]
    public void Core_takes_no_pointer_but_for_the_processors_hint()
    {
        List<string> found = [];
        foreach (MethodBase method in MethodsOf(Core.GetTypes().Where(t => t != typeof(Prefetch))))
        {
            if (method.GetMethodBody()?.LocalVariables.Any(local => local.LocalType.IsPointer) == true || IlReader.MembersUsed(method).Any(TakesPointer)) found.Add($"{method.DeclaringType}.{method.Name}");
        }

        Assert.Empty(found);
    }

    [Fact]
    public void The_reader_of_compiled_code_sees_what_it_looks_for()
    {
        MethodBase sample = typeof(PurityTests).GetMethod(nameof(Impure), BindingFlags.Static | BindingFlags.NonPublic)!;
        Assert.Contains(IlReader.MembersUsed(sample), m => m.DeclaringType == typeof(DateTime) && m.Name == "get_UtcNow");
        Assert.Contains(IlReader.OpCodesOf(sample), FloatingOpCodes.Contains);
        Assert.Contains(MethodsOf([typeof(Prefetch)]), method => IlReader.MembersUsed(method).Any(TakesPointer));
    }

    // What the compiler makes of a span on the stack or over constants is checked by it.
    private static bool TakesPointer(MemberInfo member) =>
        member is MethodBase used && !(used.IsConstructor && used.DeclaringType is { IsGenericType: true } made && (made.GetGenericTypeDefinition() == typeof(Span<>) || made.GetGenericTypeDefinition() == typeof(ReadOnlySpan<>)))
        && (used.GetParameters().Any(p => p.ParameterType.IsPointer) || used is MethodInfo { ReturnType.IsPointer: true });

    private static double Impure() => DateTime.UtcNow.Ticks * 0.5;

    private static IEnumerable<MethodBase> MethodsOf(IEnumerable<Type> types)
    {
        const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        foreach (Type type in types)
        {
            foreach (MethodBase method in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All))) yield return method;
        }
    }
}
