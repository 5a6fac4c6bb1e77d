using System.Reflection;
using System.Reflection.Emit;

namespace Ledger.Tests.Architecture;

/// <summary>Walks the instructions of a compiled method.</summary>
internal static class IlReader
{
    private static readonly Dictionary<short, OpCode> ByValue = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!).ToDictionary(o => o.Value);

    public static IEnumerable<OpCode> OpCodesOf(MethodBase method) => Walk(method).Select(step => step.OpCode);

    /// <summary>Types and members that the method's instructions name.</summary>
    public static IEnumerable<MemberInfo> MembersUsed(MethodBase method)
    {
        Type[]? ofType = method.DeclaringType?.IsGenericType == true ? method.DeclaringType.GetGenericArguments() : null;
        Type[]? ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        foreach ((OpCode opCode, int operand) in Walk(method))
        {
            if (opCode.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
                yield return method.Module.ResolveMember(operand, ofType, ofMethod)!;
        }
    }

    private static IEnumerable<(OpCode OpCode, int Operand)> Walk(MethodBase method)
    {
        byte[] il = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (int at = 0; at < il.Length;)
        {
            short value = il[at++];
            if (value == 0xfe) value = unchecked((short)(0xfe00 | il[at++]));
            OpCode opCode = ByValue[value];
            int size = opCode.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
                _ => 4,
            };
            yield return (opCode, size == 4 ? BitConverter.ToInt32(il, at) : 0);
            at += size;
        }
    }
}
