using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ledger.Core.Merkle;

namespace Ledger.Core.Payouts.Proofs;

/// <summary>Writes proofs; the order here is the order of the file.</summary>
internal sealed class ProofJsonWriter(Utf8JsonWriter json)
{
    /// <summary>OpenZeppelin's name for the types of a leaf's values.</summary>
    internal static IReadOnlyList<string> LeafEncoding { get; } = ["bytes32", "bytes32", "uint256"];

    // The output is a file for people and parsers, never a piece of HTML.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true, IndentSize = 2, NewLine = "\n" };

    internal static byte[] Write(Proof proof)
    {
        ArrayBufferWriter<byte> output = new();
        using (Utf8JsonWriter json = new(output, Options)) new ProofJsonWriter(json).Proof(proof);
        output.Write("\n"u8);
        return output.WrittenSpan.ToArray();
    }

    internal static string Hex(ReadOnlyMemory<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes.Span);

    private void Proof(Proof proof)
    {
        json.WriteStartObject();
        json.WriteString("format", Proofs.Proof.Format);
        json.WriteString("kind", proof.Kind);
        switch (proof)
        {
            case PayoutProof payout:
                Payout(payout);
                break;
            case ActivityProof activity:
                Event("activity", activity.Activity);
                json.WritePropertyName("payout");
                Proof(activity.Payout);
                break;
            case SettlementProof settlement:
                json.WritePropertyName("payout");
                Proof(settlement.Payout);
                Event("ruleset", settlement.Ruleset);
                Event("plan", settlement.Plan);
                Claim("settled", settlement.Settled);
                json.WriteString("commitment", settlement.Commitment.ToString());
                break;
        }

        json.WriteEndObject();
    }

    private void Payout(PayoutProof proof)
    {
        json.WriteString("window", proof.Window.ToString());
        json.WriteString("account", proof.Account.Value);
        json.WriteString("wallet", proof.Wallet?.ToString());
        Event("walletLink", proof.WalletLink);
        Claim("reward", proof.Reward);
        Event("close", proof.Close);
        Event("statement", proof.Statement);
        Lines(proof.Lines);
        json.WriteStartObject("checkpoint");
        json.WriteNumber("size", proof.Checkpoint.Size);
        json.WriteString("root", proof.Checkpoint.Root.ToString());
        json.WriteString("id", proof.Checkpoint.Id.ToString());
        json.WriteEndObject();
        Digests("consistency", proof.Consistency);
    }

    private void Claim(string name, RewardClaim reward)
    {
        json.WriteStartObject(name);
        json.WriteStartObject("domain");
        json.WriteString("chainId", reward.ChainId.ToString(CultureInfo.InvariantCulture));
        json.WriteString("distributor", reward.Distributor.ToString());
        json.WriteString("token", reward.Token.ToString());
        json.WriteEndObject();
        Texts("leafEncoding", LeafEncoding);
        Texts("leaf", [reward.Leaf.Domain.ToString(), reward.Leaf.Payee.ToString(), reward.Leaf.Cumulative.ToString()]);
        json.WriteString("leafHash", reward.LeafHash.ToString());
        Digests("path", reward.Path);
        json.WriteString("root", reward.Root.ToString());
        json.WriteEndObject();
    }

    private void Event(string name, LoggedEvent? logged)
    {
        if (logged is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("bytes", Hex(logged.Bytes));
        json.WriteNumber("position", logged.Position);
        Digests("path", logged.Path);
        json.WriteEndObject();
    }

    private void Lines(StatedLines? lines)
    {
        if (lines is null)
        {
            json.WriteNull("lines");
            return;
        }

        json.WriteStartObject("lines");
        json.WriteStartArray("ofAccount");
        foreach (StatedLine line in lines.OfAccount)
        {
            json.WriteStartObject();
            json.WriteString("rule", line.Rule.Code());
            json.WriteString("amount", line.Amount.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBase64String("statement", lines.Bytes.Span);
        json.WriteEndObject();
    }

    private void Digests(string name, IReadOnlyList<Digest> digests) => Texts(name, digests.Select(digest => digest.ToString()));

    private void Texts(string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
