namespace Ledger.ChainBridge.Transactions;

/// <summary>The last headers of the chain, each linked to the one before by its hash: what settlement believes of the chain.</summary>
/// <remarks>
/// A node's word for its head is not taken: a number counts only with all headers down to what is known already, so a head that was made up,
/// or comes from another fork than its blocks, changes nothing. After a restart the window is filled anew.
/// </remarks>
internal sealed class HeaderWindow(ChainNode node, int depth)
{
    private const ulong RunMax = 8;

    private readonly List<ChainBlock> _headers = [];
    private readonly Dictionary<ulong, ChainBlock?> _run = [];

    /// <summary>The newest header; null before the first time.</summary>
    public ChainBlock? Head => _headers.Count == 0 ? null : _headers[^1];

    /// <summary>The newest block that is <c>depth</c> blocks deep; the first one while the chain is shorter.</summary>
    public ChainBlock Deep => _headers[0];

    /// <summary>The header of a number; null when it is above the head or below the window.</summary>
    public ChainBlock? At(ulong number) =>
        Head is { } head && number <= head.Number && number >= _headers[0].Number ? _headers[(int)(number - _headers[0].Number)] : null;

    /// <summary>Follows the node's head as far as its headers link.</summary>
    /// <returns>Whether there is a window that ends at what the node now calls its head.</returns>
    public async Task<bool> AdvanceAsync(CancellationToken cancel)
    {
        if (await node.BlockAsync("latest", cancel) is not { } latest) return false;
        if (Head is { } head && head.Hash == latest.Hash) return true;

        _run.Clear();

        // A shorter chain than the one known is an older replica, until it is longer again.
        if (Head is { } known && latest.Number < known.Number) return false;
        ulong bottom = latest.Number > (ulong)depth ? latest.Number - (ulong)depth : 0;
        List<ChainBlock> fresh = [latest];
        while (fresh[^1].Number > bottom && At(fresh[^1].Number - 1)?.Hash != fresh[^1].ParentHash)
        {
            ulong top = fresh[^1].Number - 1, from = top > bottom + RunMax ? top - RunMax : bottom;
            for (ulong number = top; ; number--)
            {
                // Asked in runs, used one by one: most of the time one header is new.
                ChainBlock? next = await HeaderAsync(number, from, cancel);
                if (next is null || next.Number != number || next.Hash != fresh[^1].ParentHash) return false;
                fresh.Add(next);
                if (number == from || At(number - 1)?.Hash == next.ParentHash) break;
            }
        }

        ulong lowest = fresh[^1].Number;
        _headers.RemoveAll(h => h.Number >= lowest);
        fresh.Reverse();
        _headers.AddRange(fresh);
        _headers.RemoveAll(h => h.Number < bottom);
        return true;
    }

    private async Task<ChainBlock?> HeaderAsync(ulong number, ulong from, CancellationToken cancel)
    {
        if (_run.Remove(number, out ChainBlock? asked)) return asked;
        ulong[] numbers = [.. Enumerable.Range(0, (int)(number - from) + 1).Select(i => number - (ulong)i)];
        IReadOnlyList<ChainBlock?> blocks = await node.BlocksAsync(numbers, cancel);
        for (int i = 1; i < numbers.Length; i++) _run[numbers[i]] = blocks[i];
        return blocks[0];
    }
}
