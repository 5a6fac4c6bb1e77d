using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Ledger.Core.Merkle;

namespace Ledger.Projections.EventLog;

/// <summary>SHA-256 by the processor's own instructions, through the OpenSSL that the runtime uses anyway, without what its one-shot call does around the hash.</summary>
/// <remarks>
/// The low-level calls of libcrypto 3 hash whole blocks in about 50 ns each where there are SHA instructions; the runtime has no intrinsics for those of x86.
/// Only used where the processor has them and the library answers as FIPS 180-4 says. Not safe for several threads.
/// </remarks>
internal sealed class NativeSha256
{
    /// <summary>Longest message, padding included.</summary>
    public const int MessageBytesMax = 512;

    private const int BlockBytes = 64;
    private const int StateWords = 8;

    // SHA256_CTX: state, bit count (2), block (16), bytes in the block, digest size.
    private const int ContextWords = StateWords + 2 + 16 + 2;
    private const int WordOfBytesWaiting = ContextWords - 2;

    private static readonly uint[] InitialState = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    private readonly uint[] _context = new uint[2 * ContextWords];

    /// <summary>Whether this machine has it.</summary>
    public static bool IsAvailable { get; } = ProcessorHasIt() && LibraryAnswersRight();

    /// <summary>Bytes of a message of <paramref name="size"/> bytes with its padding.</summary>
    public static int Padded(int size) => (size + 1 + 8 + BlockBytes - 1) / BlockBytes * BlockBytes;

    /// <summary>Puts the padding (section 5.1.1) behind the first <paramref name="size"/> bytes of a message.</summary>
    public static void Pad(Span<byte> message, int size)
    {
        message[size] = 0x80;
        message[(size + 1)..].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(message[^8..], (ulong)size * 8);
    }

    /// <summary>The hash of a padded message.</summary>
    public Digest Hash(ReadOnlySpan<byte> padded)
    {
        InitialState.CopyTo(_context, 0);
        (_context[StateWords], _context[StateWords + 1], _context[WordOfBytesWaiting]) = (0, 0, 0);
        _ = SHA256_Update(ref _context[0], in MemoryMarshal.GetReference(padded), padded.Length);
        return new Digest(Pair(0), Pair(2), Pair(4), Pair(6));
    }

    private static bool ProcessorHasIt() =>
        Sha256.IsSupported || (X86Base.IsSupported && X86Base.CpuId(0, 0).Eax >= 7 && ((X86Base.CpuId(7, 0).Ebx >> 29) & 1) == 1);

    private static bool LibraryAnswersRight()
    {
        if (!NativeLibrary.TryLoad("libcrypto.so.3", out nint library) || !NativeLibrary.TryGetExport(library, nameof(SHA256_Update), out _)) return false;
        byte[] message = new byte[Padded(100)];
        Pad(message, 100);
        message[0] = 0;
        return new NativeSha256().Hash(message) == LogHash.Leaf(message.AsSpan(1, 99));
    }

    // A call of at most eight blocks: too short for the collector to be told of it.
    [DllImport("libcrypto.so.3"), SuppressGCTransition, DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SHA256_Update(ref uint context, in byte data, nint size);

    private ulong Pair(int word) => ((ulong)_context[word] << 32) | _context[word + 1];
}
