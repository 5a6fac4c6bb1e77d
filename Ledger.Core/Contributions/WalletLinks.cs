using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Core.Contributions;

/// <summary>The wallets that accounts were linked to, each account's newest first.</summary>
/// <remarks>A close asks for every account that earned, so links stand in one array that each account's newest leads into, not in lists of their own.</remarks>
internal sealed class WalletLinks
{
    private const int None = -1;

    private int[] _newest = [];
    private Link[] _links = [];
    private int _count;
    private int _accounts;

    /// <summary>The last wallet linked before a position, if any.</summary>
    public WalletAddress? At(int account, long position)
    {
        if ((uint)account >= (uint)_newest.Length) return null;
        for (int at = _newest[account]; at != None; at = _links[at].Older)
        {
            if (_links[at].Position < position) return _links[at].Wallet;
        }

        return null;
    }

    /// <summary>Takes the next link in log order.</summary>
    public void Add(int account, long position, WalletAddress wallet)
    {
        if (account >= _newest.Length)
        {
            int before = _newest.Length;
            Array.Resize(ref _newest, Math.Max(account + 1, before * 2));
            _newest.AsSpan(before).Fill(None);
        }

        if (_count == _links.Length) Array.Resize(ref _links, Math.Max(4, _count * 2));
        if (_newest[account] == None) _accounts++;
        _links[_count] = new Link(wallet, position, _newest[account]);
        _newest[account] = _count++;
    }

    /// <summary>Appends every account's links, oldest first.</summary>
    internal void WriteTo(CanonicalBuffer bytes)
    {
        Stack<Link> links = [];
        bytes.Int32(_accounts);
        for (int account = 0; account < _newest.Length; account++)
        {
            if (_newest[account] == None) continue;
            for (int at = _newest[account]; at != None; at = _links[at].Older) links.Push(_links[at]);
            bytes.Int32(account);
            bytes.Int32(links.Count);
            while (links.TryPop(out Link link))
            {
                bytes.Int64(link.Position);
                bytes.Wallet(link.Wallet);
            }
        }
    }

    private readonly record struct Link(WalletAddress Wallet, long Position, int Older);
}
