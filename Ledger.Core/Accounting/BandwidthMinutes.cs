using Ledger.Core.Contributions;
using Ledger.Core.Merkle;

namespace Ledger.Core.Accounting;

/// <summary>Broadcast minutes bought and used, by account (reward rules R8).</summary>
public sealed class BandwidthMinutes : IBandwidth
{
    private readonly Dictionary<int, List<(long Position, long Sum)>> _bought;
    private readonly Dictionary<int, long> _used;

    public BandwidthMinutes()
        : this([], [])
    {
    }

    private BandwidthMinutes(Dictionary<int, List<(long Position, long Sum)>> bought, Dictionary<int, long> used) => (_bought, _used) = (bought, used);

    /// <inheritdoc/>
    public long MinutesAt(int account, long position)
    {
        if (!_bought.TryGetValue(account, out List<(long Position, long Sum)>? purchases)) return -_used.GetValueOrDefault(account);
        int low = 0, high = purchases.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (purchases[middle].Position < position) low = middle + 1;
            else high = middle;
        }

        return (low == 0 ? 0 : purchases[low - 1].Sum) - _used.GetValueOrDefault(account);
    }

    /// <summary>The same answers for ever, whatever later windows use. Purchases are asked for by position, so only what was used is copied.</summary>
    public IBandwidth Frozen() => new BandwidthMinutes(_bought, new Dictionary<int, long>(_used));

    /// <summary>Takes the minutes that a closed window counted.</summary>
    public void Use(ContributionSheet sheet)
    {
        for (int row = 0; row < sheet.Creator.Length; row++)
        {
            if (sheet.BroadcastMinutes[row] > 0)
                _used[sheet.Creator[row]] = _used.GetValueOrDefault(sheet.Creator[row]) + sheet.BroadcastMinutes[row];
        }
    }

    internal void Buy(int account, long position, uint minutes)
    {
        if (!_bought.TryGetValue(account, out List<(long Position, long Sum)>? purchases)) _bought.Add(account, purchases = []);
        purchases.Add((position, (purchases.Count == 0 ? 0 : purchases[^1].Sum) + minutes));
    }

    internal void WriteTo(CanonicalBuffer bytes)
    {
        bytes.Int32(_bought.Count);
        foreach ((int account, List<(long Position, long Sum)> purchases) in _bought.OrderBy(b => b.Key))
        {
            bytes.Int32(account);
            bytes.Int32(purchases.Count);
            foreach ((long position, long sum) in purchases)
            {
                bytes.Int64(position);
                bytes.Int64(sum);
            }
        }

        bytes.Int32(_used.Count);
        foreach ((int account, long minutes) in _used.OrderBy(u => u.Key))
        {
            bytes.Int32(account);
            bytes.Int64(minutes);
        }
    }

    internal void Restore(ref CanonicalReader input)
    {
        for (int left = input.Count(); left > 0; left--)
        {
            List<(long Position, long Sum)> purchases = [];
            _bought.Add(input.Int32(), purchases);
            for (int purchase = input.Count(); purchase > 0; purchase--) purchases.Add((input.Int64(), input.Int64()));
        }

        for (int left = input.Count(); left > 0; left--) _used.Add(input.Int32(), input.Int64());
    }
}
