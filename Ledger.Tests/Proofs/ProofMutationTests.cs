using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Ledger.Core.Identity;
using Ledger.Core.Payouts.Proofs;
using Ledger.Core.Time;
using Xunit;

namespace Ledger.Tests.Proofs;

/// <summary>No change to a proof file goes unnoticed: it is refused, or a check fails.</summary>
public sealed class ProofMutationTests
{
    private const int Seed = 20_261_122;
    private const string Alphabet = "0123456789abcdefABCDEF\"[]{}:,-.+/xnul";

    [Fact]
    public async Task No_byte_of_a_file_can_be_changed_removed_or_repeated()
    {
        Random random = new(Seed);
        await using ProofWorld world = await ProofWorld.MakeAsync();
        int mutations = 0;
        foreach (Proof proof in await world.ProofsAsync())
        {
            byte[] file = ProofFile.Write(proof);
            Assert.True(ProofVerifier.Verify(ProofFile.Read(file).Proof!).Ok);
            for (int i = 0; i < file.Length; i++)
            {
                byte[] mutated = random.Next(4) switch
                {
                    0 => [.. file[..i], .. file[(i + 1)..]],
                    1 => [.. file[..i], file[i], .. file[i..]],
                    _ => [.. file[..i], (byte)Alphabet[random.Next(Alphabet.Length)], .. file[(i + 1)..]],
                };
                if (Dense(mutated).SequenceEqual(Dense(file))) continue;
                mutations++;
                AssertNoticed(mutated, $"{proof.Kind}, byte {i} of {file.Length}: {(char)file[i]}");
            }
        }

        Assert.True(mutations > 10_000, $"{mutations} mutations");
    }

    [Fact]
    public async Task No_value_of_a_file_can_be_changed_dropped_repeated_or_moved()
    {
        Random random = new(Seed);
        await using ProofWorld world = await ProofWorld.MakeAsync();
        foreach (Proof proof in await world.ProofsAsync())
        {
            string file = Encoding.UTF8.GetString(ProofFile.Write(proof));
            foreach (string path in Paths(JsonNode.Parse(file)!))
            {
                int kinds = Mutations(At(JsonNode.Parse(file)!, path), random).Count;
                Assert.True(kinds > 0, $"nothing was tried at {path}");
                for (int kind = 0; kind < kinds; kind++)
                {
                    JsonNode root = JsonNode.Parse(file)!;
                    JsonNode? place = At(root, path);
                    (string what, Func<JsonNode?> mutate) = Mutations(place, random)[kind];
                    Replace(root, path, mutate());

                    // A file that leaves the statement out shows less, and what it shows is true.
                    if (path.EndsWith(".lines", StringComparison.Ordinal) && At(root, path) is null) continue;
                    AssertNoticed(Encoding.UTF8.GetBytes(root.ToJsonString()), $"{proof.Kind}, {path}: {what}");
                }
            }
        }
    }

    [Fact]
    public async Task Parts_of_two_true_proofs_make_no_third()
    {
        await using ProofWorld world = await ProofWorld.MakeAsync();
        await using ProofWorld other = await ProofWorld.MakeAsync(seed: 2);
        List<JsonObject> files = [];
        foreach (ProofWorld from in (ProofWorld[])[world, other])
        {
            foreach (Day window in (Day[])[ProofWorld.FirstDay, ProofWorld.FirstDay.Next])
            {
                foreach (AccountId account in (AccountId[])[ProofWorld.Ann, ProofWorld.Ben, ProofWorld.Cat])
                {
                    Proof proof = (await from.Builder.AccountAsync(account, window, wholeStatement: true)).Proof!;
                    Assert.True(ProofVerifier.Verify(proof).Ok);
                    files.Add((JsonObject)JsonNode.Parse(ProofFile.Write(proof))!);
                }
            }
        }

        int mixed = 0;
        foreach (JsonObject into in files)
        {
            foreach (JsonObject from in files)
            {
                foreach (string name in into.Select(member => member.Key).ToArray())
                {
                    if (JsonNode.DeepEquals(into[name], from[name])) continue;
                    JsonObject mix = (JsonObject)into.DeepClone();
                    mix[name] = from[name]?.DeepClone();
                    AssertNoticed(Encoding.UTF8.GetBytes(mix.ToJsonString()), $"{into["account"]} {into["window"]} with the {name} of {from["account"]} {from["window"]}");
                    mixed++;
                }
            }
        }

        Assert.True(mixed > 500, $"{mixed} mixes");
    }

    [Fact]
    public async Task Recomputing_the_hashes_that_one_can_does_not_help()
    {
        await using ProofWorld world = await ProofWorld.MakeAsync();
        PayoutProof proof = (PayoutProof)(await world.Builder.AccountAsync(ProofWorld.Ann, ProofWorld.FirstDay, wholeStatement: false)).Proof!;
        foreach (RewardClaim changed in (RewardClaim[])
            [
                proof.Reward with { Leaf = proof.Reward.Leaf with { Cumulative = Core.Quantities.TokenAmount.FromBaseUnits(141) } },
                proof.Reward with { ChainId = 1, Leaf = proof.Reward.Leaf with { Domain = (proof.Reward with { ChainId = 1 }).Domain() } },
            ])
        {
            ProofReport report = ProofVerifier.Verify(proof with { Reward = changed with { LeafHash = changed.Leaf.Hash() } });
            Assert.Equal(["reward-path"], report.Checks.Where(check => !check.Ok).Select(check => check.Name));
        }
    }

    private static void AssertNoticed(byte[] file, string what)
    {
        ProofReading reading = ProofFile.Read(file);
        Assert.True(reading.Proof is null == (reading.Error is not null), what);
        Assert.False(reading.Proof is { } proof && ProofVerifier.Verify(proof).Ok, $"unnoticed (seed {Seed}): {what}");
    }

    /// <summary>The file without white space; no text in it has any.</summary>
    private static byte[] Dense(byte[] file) => [.. file.Where(b => b is not ((byte)' ' or (byte)'\n'))];

    private static List<(string What, Func<JsonNode?> Make)> Mutations(JsonNode? node, Random random)
    {
        List<(string, Func<JsonNode?>)> mutations = [];
        switch (node)
        {
            case null:
                mutations.Add(("an object for null", () => new JsonObject()));
                mutations.Add(("a text for null", () => "0x" + new string('0', 40)));
                return mutations;
            case JsonObject json:
                foreach (string name in json.Select(member => member.Key).ToArray())
                {
                    mutations.Add(($"without {name}", () => Change(json, j => j.Remove(name))));
                    mutations.Add(($"{name} renamed", () => Change(json, j => { JsonNode? value = j[name]?.DeepClone(); j.Remove(name); j.Add(name + "X", value); })));
                    if (json[name] is not null) mutations.Add(($"{name} is null", () => name == "lines" ? new JsonObject() : Change(json, j => j[name] = null)));
                }

                mutations.Add(("one more member", () => Change(json, j => j.Add("more", 1))));
                return mutations;
            case JsonArray array:
                for (int i = 0; i < array.Count; i++)
                {
                    int at = i;
                    mutations.Add(($"without item {at}", () => Change(array, a => a.RemoveAt(at))));
                    mutations.Add(($"item {at} twice", () => Change(array, a => a.Insert(at, a[at]!.DeepClone()))));
                    if (at > 0 && !JsonNode.DeepEquals(array[at], array[at - 1])) mutations.Add(($"items {at - 1} and {at} swapped", () => Change(array, a => { JsonNode item = a[at]!; a.RemoveAt(at); a.Insert(at - 1, item); })));
                }

                mutations.Add(("one more item", () => Change(array, a => a.Add("0x" + new string('0', 64)))));
                return mutations;
            case JsonValue value when value.TryGetValue(out long number):
                foreach (long other in (long[])[number + 1, number - 1, number * 2 + 1, 0, -number, long.MaxValue])
                {
                    if (other != number) mutations.Add(($"{other} for {number}", () => other));
                }

                mutations.Add(("as a text", () => number.ToString(CultureInfo.InvariantCulture)));
                return mutations;
        }

        string text = node.GetValue<string>();
        mutations.Add(("empty", () => ""));
        mutations.Add(("one character less", () => text[..^1]));
        mutations.Add(("in upper case, or another letter", () => text.ToUpperInvariant() is var upper && upper != text ? upper : text + "a"));
        mutations.Add(("with a leading zero", () => "0" + text));
        if (System.Numerics.BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out System.Numerics.BigInteger amount))
        {
            mutations.Add(("plus 1", () => (amount + 1).ToString(CultureInfo.InvariantCulture)));
            mutations.Add(("minus 1", () => (amount - 1).ToString(CultureInfo.InvariantCulture)));
        }

        if (Day.TryParse(text, out Day day)) mutations.Add(("the next day", () => day.Next.ToString()));
        if (text == "ann" || text == "ben") mutations.Add(("another account", () => "cat"));
        for (int i = 0; i < 4; i++)
        {
            int at = random.Next(text.Length);
            mutations.Add(($"character {at} changed", () => text[..at] + (text[at] == '7' ? '8' : '7') + text[(at + 1)..]));
        }

        return mutations;
    }

    private static T Change<T>(T node, Action<T> change)
        where T : JsonNode
    {
        T copy = (T)node.DeepClone();
        change(copy);
        return copy;
    }

    /// <summary>Every place of a document, as member names and indices.</summary>
    private static IEnumerable<string> Paths(JsonNode? node, string path = "$")
    {
        yield return path;
        IEnumerable<(string, JsonNode?)> children = node switch
        {
            JsonObject json => json.Select(member => (member.Key, member.Value)),
            JsonArray array => array.Select((item, i) => ($"{i}", item)),
            _ => [],
        };
        foreach ((string name, JsonNode? child) in children)
        {
            foreach (string below in Paths(child, $"{path}.{name}")) yield return below;
        }
    }

    private static JsonNode? At(JsonNode root, string path) =>
        path.Split('.').Skip(1).Aggregate((JsonNode?)root, (node, name) => node is JsonArray array ? array[int.Parse(name)] : node![name]);

    private static void Replace(JsonNode root, string path, JsonNode? value)
    {
        int split = path.LastIndexOf('.');
        if (split < 0)
        {
            JsonObject whole = (JsonObject)root, changed = (JsonObject)value!;
            whole.Clear();
            foreach (string name in changed.Select(member => member.Key).ToArray())
            {
                JsonNode? child = changed[name];
                changed.Remove(name);
                whole.Add(name, child);
            }

            return;
        }

        string last = path[(split + 1)..];
        if (At(root, path[..split]) is JsonArray array) array[int.Parse(last)] = value;
        else At(root, path[..split])![last] = value;
    }
}
