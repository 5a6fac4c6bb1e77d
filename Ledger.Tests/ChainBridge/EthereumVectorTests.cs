using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Ledger.ChainBridge.Signing;
using Ledger.ChainBridge.Transactions;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Tests.Support;
using Nethereum.ABI;
using Xunit;

namespace Ledger.Tests.ChainBridge;

/// <summary>Guaranteed: RLP, transactions, addresses, key files and ABI agree with Ethereum's own public vectors, invalid ones included.</summary>
public sealed class EthereumVectorTests
{
    [SharedDataFact("vectors/ethereum-tests")]
    public void Rlp_is_written_and_read_as_the_vectors_have_it()
    {
        int count = 0;
        foreach (JsonProperty vector in Read("RLPTests/rlptest.json").EnumerateObject())
        {
            byte[] expected = Hex(vector.Value.GetProperty("out").GetString()!);
            RlpWriter writer = new();
            Write(writer, vector.Value.GetProperty("in"));
            Assert.Equal(expected, writer.ToArray());
            RlpReader reader = new(expected);
            Consume(ref reader);
            Assert.True(reader.AtEnd);
            count++;
        }

        Assert.Equal(28, count);
    }

    [SharedDataFact("vectors/ethereum-tests")]
    public void Rlp_that_is_not_canonical_is_refused()
    {
        int count = 0;
        foreach (JsonProperty vector in Read("RLPTests/invalidRLPTest.json").EnumerateObject())
        {
            byte[] bytes = Hex(vector.Value.GetProperty("out").GetString()!);
            Assert.Throws<FormatException>(() =>
            {
                RlpReader reader = new(bytes);
                Consume(ref reader);
                if (!reader.AtEnd) throw new FormatException("bytes are left");
            });
            count++;
        }

        Assert.Equal(26, count);
    }

    [SharedDataFact("vectors/ethereum-tests")]
    public void Transactions_are_read_or_refused_as_the_vectors_have_it()
    {
        int accepted = 0, refused = 0;
        string folder = SharedData.Find("vectors/ethereum-tests/TransactionTests");
        foreach (string file in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            foreach (JsonProperty vector in JsonDocument.Parse(File.ReadAllBytes(file)).RootElement.EnumerateObject())
            {
                byte[] raw = Hex(vector.Value.GetProperty("txbytes").GetString()!);
                if (raw is [1, ..]) continue; // type 1 is neither sent nor read
                if (!vector.Value.GetProperty("result").TryGetProperty("Cancun", out JsonElement result)) continue;
                if (result.TryGetProperty("sender", out JsonElement sender))
                {
                    (WalletAddress from, Digest hash) = Decode(raw);
                    Assert.Equal((sender.GetString(), result.GetProperty("hash").GetString()), (from.ToString(), hash.ToString()));
                    accepted++;
                }
                else if (!IsAboutTheChain(result.GetProperty("exception").GetString()!))
                {
                    Assert.True(IsRefused(raw), $"{vector.Name}: {result.GetProperty("exception").GetString()}");
                    refused++;
                }
            }
        }

        Assert.True(accepted > 40 && refused > 40, $"{accepted} accepted, {refused} refused");
    }

    [SharedDataFact("vectors/ethereum-tests")]
    public void Addresses_are_those_of_the_vectors()
    {
        foreach (JsonElement vector in Read("BasicTests/keyaddrtest.json").EnumerateArray())
        {
            using PrivateKey key = PrivateKey.FromBytes(Convert.FromHexString(vector.GetProperty("key").GetString()!));
            Assert.Equal("0x" + vector.GetProperty("addr").GetString(), key.Address.ToString());
        }
    }

    [SharedDataFact("vectors/ethereum-tests")]
    public void Key_files_open_with_their_password_and_with_no_other()
    {
        foreach (JsonProperty vector in Read("KeyStoreTests/basic_tests.json").EnumerateObject())
        {
            string json = vector.Value.GetProperty("json").GetRawText();
            using PrivateKey key = Keystore.Open(json, vector.Value.GetProperty("password").GetString()!);
            using PrivateKey expected = PrivateKey.FromBytes(Convert.FromHexString(vector.Value.GetProperty("priv").GetString()!));
            Assert.Equal(expected.Address, key.Address);
            Assert.Equal("keystore-password", Assert.Throws<SignerException>(() => Keystore.Open(json, "another")).Code);
        }
    }

    [SharedDataFact("vectors/ethereum-tests")]
    public void Arguments_are_encoded_as_the_vectors_have_it()
    {
        foreach (JsonProperty vector in Read("ABITests/basic_abi_tests.json").EnumerateObject())
        {
            string[] types = [.. vector.Value.GetProperty("types").EnumerateArray().Select(t => t.GetString()!)];
            ABIValue[] values = [.. vector.Value.GetProperty("args").EnumerateArray().Zip(types, (arg, type) => new ABIValue(type, Argument(arg, type)))];
            Assert.Equal(vector.Value.GetProperty("result").GetString(), Convert.ToHexStringLower(new ABIEncode().GetABIEncoded(values)));
        }
    }

    private static object Argument(JsonElement arg, string type) => type switch
    {
        "bytes" or "bytes10" => System.Text.Encoding.ASCII.GetBytes(arg.GetString()!),
        "address" => arg.GetString()!,
        "uint32[]" => arg.EnumerateArray().Select(n => new BigInteger(n.GetInt64())).ToList(),
        _ => new BigInteger(arg.GetInt64()),
    };

    /// <summary>What depends on the block's rules and not on the transaction's bytes alone.</summary>
    private static bool IsAboutTheChain(string exception) =>
        exception.Contains("INTRINSIC", StringComparison.Ordinal) || exception.Contains("INITCODE", StringComparison.Ordinal) || exception.Contains("TYPE_NOT_SUPPORTED", StringComparison.Ordinal);

    private static bool IsRefused(byte[] raw)
    {
        try
        {
            Decode(raw);
            return false;
        }
        catch (FormatException)
        {
            return true;
        }
    }

    private static (WalletAddress Sender, Digest Hash) Decode(byte[] raw)
    {
        if (raw is not [2, ..]) return LegacyTransaction.Decode(raw);
        SignedTransaction signed = FeeMarketTransaction.Decode(raw);
        return (signed.Sender, signed.Hash);
    }

    private static void Write(RlpWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                RlpWriter items = new();
                foreach (JsonElement item in value.EnumerateArray()) Write(items, item);
                writer.List(items);
                break;
            case JsonValueKind.Number:
                writer.Number(value.GetInt64());
                break;
            default:
                string text = value.GetString()!;
                if (text.StartsWith('#')) writer.Number(BigInteger.Parse(text[1..], CultureInfo.InvariantCulture));
                else writer.Bytes(System.Text.Encoding.Latin1.GetBytes(text));
                break;
        }
    }

    private static void Consume(ref RlpReader reader)
    {
        if (!reader.IsList)
        {
            reader.Bytes();
            return;
        }

        RlpReader items = reader.List();
        while (!items.AtEnd) Consume(ref items);
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text);

    private static JsonElement Read(string file) => JsonDocument.Parse(File.ReadAllBytes(SharedData.Find("vectors/ethereum-tests/" + file))).RootElement;
}
