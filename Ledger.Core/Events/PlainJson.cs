using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json;

namespace Ledger.Core.Events;

/// <summary>Finds the members of a JSON object that is written as nearly every producer writes an event: short, flat, whole numbers, nothing escaped.</summary>
/// <remarks>
/// What it takes is JSON, and its members are what <see cref="Utf8JsonReader"/> finds; whatever else there is, good or bad, is left to that reader and its
/// faults. All quotes are found first, 64 bytes at a time, so that no byte is looked at twice but the few between strings.
/// </remarks>
internal static class PlainJson
{
    private const int ChunkBytes = 64;
    private const int BytesMax = 8 * ChunkBytes;

    /// <summary>Finds the members of an object.</summary>
    /// <param name="json">UTF-8, which the caller has made sure of.</param>
    /// <param name="members">Gets them in order.</param>
    /// <returns>How many there are; −1 when the text is anything else than described, or has more.</returns>
    public static int Members(ReadOnlySpan<byte> json, Span<JsonMember> members)
    {
        Span<ulong> found = stackalloc ulong[BytesMax / ChunkBytes];
        if (json.Length > BytesMax || json.IsEmpty || json[0] != '{' || !FindQuotes(json, found)) return -1;
        Quotes quotes = new(found);
        int at = 1;
        for (int count = 0; count < members.Length;)
        {
            if (quotes.Next() != at || quotes.Next() is not (> 0 and var nameEnd)) return -1;
            JsonMember member = new() { NameStart = at + 1, NameSize = nameEnd - at - 1 };
            at = nameEnd + 1;
            if (!Take(json, (byte)':', ref at)) return -1;
            member.ValueStart = at;
            if (at < json.Length && json[at] == '"')
            {
                quotes.Next();
                member.Type = JsonTokenType.String;
                at = quotes.Next() + 1;
                if (at == 0) return -1;
            }
            else
            {
                member.Type = JsonTokenType.Number;
                at = NumberEnd(json, at);
            }

            member.ValueSize = at - member.ValueStart;
            if (member.ValueSize <= 0) return -1;
            members[count++] = member;
            if (at == json.Length - 1 && json[at] == '}') return count;
            if (!Take(json, (byte)',', ref at)) return -1;
        }

        return -1;
    }

    /// <summary>Marks every quote, a bit for each byte. False when anything is escaped or a control character.</summary>
    private static bool FindQuotes(ReadOnlySpan<byte> json, Span<ulong> quotes)
    {
        Span<byte> rest = stackalloc byte[ChunkBytes];
        Vector512<byte> unusual = Vector512<byte>.Zero;
        for (int chunk = 0; chunk * ChunkBytes < json.Length; chunk++)
        {
            scoped ReadOnlySpan<byte> bytes = json[(chunk * ChunkBytes)..];
            if (bytes.Length < ChunkBytes)
            {
                rest.Fill((byte)' ');
                bytes.CopyTo(rest);
                bytes = rest;
            }

            Vector512<byte> text = Vector512.Create(bytes);
            quotes[chunk] = Vector512.Equals(text, Vector512.Create((byte)'"')).ExtractMostSignificantBits();
            unusual |= Vector512.Equals(text, Vector512.Create((byte)'\\')) | Vector512.Equals(text & Vector512.Create((byte)0xe0), Vector512<byte>.Zero);
        }

        return unusual == Vector512<byte>.Zero;
    }

    // A sign of the structure, and the space that some writers put behind it.
    private static bool Take(ReadOnlySpan<byte> json, byte sign, ref int at)
    {
        if (at >= json.Length || json[at] != sign) return false;
        at++;
        if (at < json.Length && json[at] == ' ') at++;
        return true;
    }

    /// <summary>Where a whole number ends that begins at <paramref name="at"/>; 0 when there is none.</summary>
    private static int NumberEnd(ReadOnlySpan<byte> json, int at)
    {
        if (at < json.Length && json[at] == '-') at++;
        int first = at;
        while (at < json.Length && char.IsAsciiDigit((char)json[at])) at++;
        bool isNumber = at > first && (json[first] != '0' || at == first + 1);
        return isNumber ? at : 0;
    }

    /// <summary>The places of quotes, one after another.</summary>
    [StructLayout(LayoutKind.Auto)]
    private ref struct Quotes(ReadOnlySpan<ulong> chunks)
    {
        private readonly ReadOnlySpan<ulong> _chunks = chunks;
        private ulong _left = chunks[0];
        private int _chunk;

        /// <summary>The place of the next one, or −1.</summary>
        public int Next()
        {
            while (_left == 0)
            {
                if (++_chunk >= _chunks.Length) return -1;
                _left = _chunks[_chunk];
            }

            int place = (_chunk * ChunkBytes) + BitOperations.TrailingZeroCount(_left);
            _left &= _left - 1;
            return place;
        }
    }
}
