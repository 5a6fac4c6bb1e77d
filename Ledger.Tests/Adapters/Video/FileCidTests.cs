using System.Diagnostics;
using System.Text.Json;
using FsCheck;
using FsCheck.Xunit;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Host.Adapters.Video.Ipfs;
using Ledger.Tests.Support;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Ledger.Tests.Adapters.Video;

/// <summary>A file's CID is the one that npm ipfs-unixfs-importer gives it, at every edge of its chunks and of its tree; a CID's two forms are one.</summary>
public sealed class FileCidTests : IDisposable
{
    private const string Importer = "Ledger.Tests/Peers:ipfs-unixfs-importer";
    private const int Chunk = FileCid.ChunkBytes;
    private const int Fan = BalancedTree.ChildrenMax;

    // The importer's answers for files of this many bytes, byte i being 251·i/7 modulo 256: known without the importer at hand.
    private static readonly (long Size, string Cid)[] Known =
    [
        (0, "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"),
        (1, "bafkreidogqfzz75tpkmjzjke425xqcrmpcib2p5tg44hnbirumdbpl5adu"),
        (Chunk, "bafkreihigqbrgysa4cyadwbppki73m3alnuj4dvzyciowqbznq4k6wagm4"),
        (Chunk + 1, "bafybeibj2aotbrvx4wywjo6v5eslnqoeobhhz5j2rn5qj5r5bgvxhisypq"),
        (Fan * (long)Chunk, "bafybeid47xrbgrczqru3sjwdxsnj4ss72sq5tbeq6qkutsrphvt7fqw6jy"),
        ((Fan * (long)Chunk) + 1, "bafybeidk4z6m7j6d44ndj3d7uimfk4mbvyf3ylahhq4apmxy65lh2dnosm"),
    ];

    private readonly ScratchFolder _folder = new("weledger-cid");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Known_files_have_their_known_names() => Assert.All(Known, known => Assert.Equal(known.Cid, FileCid.Of(Write(known.Size)).ToString()));

    [PartFact("node", Importer)]
    public void Files_around_every_edge_have_the_importers_names()
    {
        long[] sizes = [0, 1, 2, Chunk - 1, Chunk, Chunk + 1, (2 * Chunk) - 1, 2 * Chunk, (Fan * (long)Chunk) - 1, Fan * (long)Chunk, (Fan * (long)Chunk) + 1, ((Fan + 1) * (long)Chunk) + 7];
        AssertLikeImporter(Chunk, "0", sizes);
    }

    [PartFact("node", Importer)]
    public void Trees_of_three_and_four_levels_are_the_importers()
    {
        // Chunks of one byte: 174 cubed of them are a file of five megabytes.
        AssertLikeImporter(16, "16", [16 * Fan * Fan, (16 * Fan * Fan) - 1, (16 * Fan * Fan) + 1, (16 * Fan * Fan) + (16 * Fan), (16 * Fan * (Fan + 1)) + 17, 16 * 2 * Fan * Fan]);
        if (Soak.Factor > 1) AssertLikeImporter(1, "1", [Fan * Fan * Fan, (Fan * Fan * Fan) + 1]);
    }

    [Property(MaxTest = 200)]
    public void Text_and_bytes_are_two_forms_of_one_cid(ulong a, ulong d, bool raw)
    {
        Cid cid = new(raw ? CidCodec.Raw : CidCodec.DagPb, new Digest(a, ~a, a ^ d, d));
        Assert.True(Cid.TryParse(cid.ToString(), out Cid read));
        Assert.Equal(cid, read);
        byte[] bytes = new byte[Cid.SizeBytes];
        cid.WriteTo(bytes);
        Assert.True(Cid.TryFromBytes(bytes, out read));
        Assert.Equal(cid, read);
    }

    [Property(MaxTest = 500)]
    public void A_changed_text_is_another_cid_or_none(ulong a, PositiveInt at, byte to)
    {
        string text = new Cid(CidCodec.Raw, new Digest(a, a, a, a)).ToString();
        char[] changed = text.ToCharArray();
        changed[at.Get % changed.Length] = (char)to;
        if (Cid.TryParse(changed, out Cid cid)) Assert.Equal(new string(changed), cid.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG")]
    [InlineData("BAFKREIHDWDCEFGH4DQKJV67UZCMW7OJEE6XEDZDETOJUZJEVTENXQUVYKU")]
    [InlineData("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvykv")]
    [InlineData("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku=")]
    [InlineData("bafyreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku")]
    public void Other_names_are_none(string text) => Assert.False(Cid.TryParse(text, out _));

    private void AssertLikeImporter(int chunkBytes, string importerChunk, long[] sizes)
    {
        string[] files = [.. sizes.Select(Write)];
        ProcessStartInfo start = new(MachineParts.Require("node"), ["cid.mjs", importerChunk, .. files]) { WorkingDirectory = Repository.PathOf("Ledger.Tests/Peers"), RedirectStandardOutput = true, UseShellExecute = false };
        using Process node = Process.Start(start)!;
        string output = node.StandardOutput.ReadToEnd();
        node.WaitForExit();
        Assert.Equal(0, node.ExitCode);
        string[] theirs = [.. JsonDocument.Parse(output).RootElement.GetProperty("cids").EnumerateArray().Select(c => c.GetString()!)];
        Assert.Equal(sizes.Zip(theirs), sizes.Zip(files.Select(f => Ours(f, chunkBytes))));
    }

    private static string Ours(string path, int chunkBytes)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        return FileCid.Of(file, RandomAccess.GetLength(file), chunkBytes, CancellationToken.None).ToString();
    }

    private string Write(long size)
    {
        string path = _folder.PathOf($"{size}");
        byte[] bytes = new byte[size];
        for (long i = 0; i < size; i++) bytes[i] = unchecked((byte)(251 * i / 7));
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
