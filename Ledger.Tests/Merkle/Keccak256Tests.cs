using System.Text.Json;
using FsCheck.Xunit;
using Ledger.Core.Merkle;
using Ledger.Tests.Support;
using Org.BouncyCastle.Crypto.Digests;
using Xunit;

namespace Ledger.Tests.Merkle;

/// <summary>Keccak-256 gives Ethereum's digest for every length of message, on both sides of each block boundary.</summary>
public sealed class Keccak256Tests
{
    [SharedDataFact("vectors/keccak256")]
    public void Known_answers_are_reproduced()
    {
        using var document = Vectors("keccak_kat_bouncycastle.json");
        var vectors = document.RootElement.GetProperty("vectors");
        Assert.NotEqual(0, vectors.GetArrayLength());
        foreach (var vector in vectors.EnumerateArray())
        {
            var message = vector.TryGetProperty("msg_hex", out var hex)
                ? Convert.FromHexString(hex.GetString()!)
                : Repeated(vector.GetProperty("repeat_byte").GetString()!, vector.GetProperty("repeat").GetInt32());
            Assert.Equal("0x" + vector.GetProperty("keccak256").GetString(), Keccak256.Hash(message).ToString());
        }
    }

    [SharedDataFact("vectors/keccak256")]
    public void Every_length_around_the_block_edges_is_padded_right()
    {
        using var document = Vectors("derived_lengths.json");
        var vectors = document.RootElement.GetProperty("vectors");
        Assert.NotEqual(0, vectors.GetArrayLength());
        foreach (var vector in vectors.EnumerateArray())
        {
            var message = new byte[vector.GetProperty("len").GetInt32()];
            message.AsSpan().Fill(vector.GetProperty("byte").GetByte());
            Assert.Equal("0x" + vector.GetProperty("keccak256").GetString(), Keccak256.Hash(message).ToString());
        }
    }

    [Fact]
    public void The_empty_message_has_ethereums_digest() =>
        Assert.Equal("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470", Keccak256.Hash([]).ToString());

    /// <summary>The seed of the message's bytes is part of the counterexample that FsCheck prints.</summary>
    [Property(MaxTest = 1000)]
    public void Bouncy_castle_agrees_on_random_messages(ushort length, int seed)
    {
        var message = new byte[length % 1001];
        new Random(seed).NextBytes(message);
        var expected = new byte[Keccak256.DigestBytes];
        var oracle = new KeccakDigest(256);
        oracle.BlockUpdate(message, 0, message.Length);
        oracle.DoFinal(expected, 0);

        var actual = new byte[Keccak256.DigestBytes];
        Keccak256.Hash(message, actual);

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Hashing_in_place_is_allowed()
    {
        var buffer = new byte[Keccak256.DigestBytes];
        var expected = Keccak256.Hash(buffer);

        Keccak256.Hash(buffer, buffer);

        Assert.Equal(expected, Digest.FromBytes(buffer));
    }

    [Fact]
    public void Hashing_does_not_allocate()
    {
        var message = new byte[1000];
        var digest = new byte[Keccak256.DigestBytes];
        Keccak256.Hash(message, digest);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 100; i++) Keccak256.Hash(message, digest);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_destination_too_short_is_an_error() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Keccak256.Hash([], new byte[Keccak256.DigestBytes - 1]));

    private static byte[] Repeated(string hexByte, int count)
    {
        var message = new byte[count];
        message.AsSpan().Fill(Convert.ToByte(hexByte, 16));
        return message;
    }

    private static JsonDocument Vectors(string file) =>
        JsonDocument.Parse(File.ReadAllText(SharedData.Find($"vectors/keccak256/{file}")));
}
