using System.Reflection;
using System.Text;
using System.Text.Json;
using Ledger.Core.Merkle;

namespace Ledger.ChainBridge.Contracts;

/// <summary>A compiled contract as it is pinned: its creation code and the names of its errors.</summary>
public sealed class ContractArtifact
{
    private const int SelectorBytes = 4;

    private readonly Dictionary<uint, string> _errors = [];

    private ContractArtifact(JsonElement json)
    {
        Bytecode = Convert.FromHexString(json.GetProperty("bytecode").GetString().AsSpan(2));
        foreach (JsonElement item in json.GetProperty("abi").EnumerateArray())
        {
            if (item.GetProperty("type").GetString() != "error") continue;
            string name = item.GetProperty("name").GetString()!;
            string signature = $"{name}({string.Join(',', item.GetProperty("inputs").EnumerateArray().Select(i => i.GetProperty("type").GetString()))})";
            _errors[Selector(Keccak256.Hash(Encoding.ASCII.GetBytes(signature)).ToArray())] = name;
        }
    }

    public static ContractArtifact Token { get; } = Read("WeToken");

    public static ContractArtifact Distributor { get; } = Read("RewardDistributor");

    /// <summary>Creation code, without constructor arguments.</summary>
    public ReadOnlyMemory<byte> Bytecode { get; }

    /// <summary>The name of the error that a revert carries; its bytes when it is none of this contract's.</summary>
    public string ErrorOf(ReadOnlyMemory<byte> revert) =>
        revert.Length >= SelectorBytes && _errors.TryGetValue(Selector(revert.Span), out string? name) ? name : "0x" + Convert.ToHexStringLower(revert.Span);

    private static uint Selector(ReadOnlySpan<byte> bytes) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private static ContractArtifact Read(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"contracts/{name}.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        return new ContractArtifact(document.RootElement);
    }
}
