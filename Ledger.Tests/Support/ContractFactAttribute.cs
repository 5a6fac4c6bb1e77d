using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Ledger.Tests.Support;

/// <summary>A fact of a contract: it runs in every class that derives from the contract, unless the class <see cref="NeedsPartsAttribute"/> that are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Ledger.Tests.Support.ContractFactDiscoverer", "Ledger.Tests")]
public sealed class ContractFactAttribute : FactAttribute;

/// <summary>What all facts of a contract's class need, named as for <see cref="PartFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsPartsAttribute(params string[] parts) : Attribute
{
    public IReadOnlyList<string> Parts => parts;
}

/// <summary>Finds contract facts; those of a class whose parts are missing are skipped and say so.</summary>
public sealed class ContractFactDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute)
    {
        IAttributeInfo? needs = testMethod.TestClass.Class.GetCustomAttributes(typeof(NeedsPartsAttribute)).SingleOrDefault();
        string? skip = needs is null ? null : new PartFactAttribute([.. needs.GetConstructorArguments().SelectMany(a => a is IEnumerable<object> many ? many.Cast<string>() : [(string)a])]).Skip;
        return [new ContractTestCase(messages, discoveryOptions, testMethod, skip)];
    }
}

/// <summary>A contract fact in one class.</summary>
internal sealed class ContractTestCase : XunitTestCase
{
    private string? _skip;

    [Obsolete("for the deserializer")]
    public ContractTestCase()
    {
    }

    public ContractTestCase(IMessageSink messages, ITestFrameworkDiscoveryOptions options, ITestMethod method, string? skip)
        : base(messages, options.MethodDisplayOrDefault(), options.MethodDisplayOptionsOrDefault(), method)
    {
        _skip = skip;
    }

    public override void Serialize(IXunitSerializationInfo data)
    {
        base.Serialize(data);
        data.AddValue("skip", _skip);
    }

    public override void Deserialize(IXunitSerializationInfo data)
    {
        base.Deserialize(data);
        _skip = data.GetValue<string?>("skip");
    }

    protected override string? GetSkipReason(IAttributeInfo factAttribute) => _skip;
}
