using System.Buffers;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Core.Contributions;

/// <summary>Who is in whose team, as approvals and departures come in; a window takes a <see cref="TeamRoster"/> of it when it opens.</summary>
/// <remarks>An invitation alone changes nothing: the provider's approval makes a member. Approving twice keeps the first approval.</remarks>
public sealed class Memberships(Directory directory)
{
    private readonly SortedDictionary<int, SortedDictionary<int, long>> _approvedAtBySpace = [];
    private readonly Dictionary<int, uint> _providerShareBps = [];

    /// <summary>Takes one event in log order.</summary>
    public void Apply(RecordedEvent recorded)
    {
        switch (recorded.Payload)
        {
            case MemberApproved e:
                int space = directory.Names.Intern(e.Space.Value);
                if (!_approvedAtBySpace.TryGetValue(space, out SortedDictionary<int, long>? members))
                    _approvedAtBySpace.Add(space, members = []);
                members.TryAdd(directory.Names.Intern(e.Member.Value), recorded.Position);
                break;
            case MemberLeft e:
                if (_approvedAtBySpace.TryGetValue(directory.Names.Intern(e.Space.Value), out SortedDictionary<int, long>? left))
                    left.Remove(directory.Names.Intern(e.Member.Value));
                break;
            case ProviderShareSet e:
                _providerShareBps[directory.Names.Intern(e.Space.Value)] = e.ShareBps;
                break;
        }
    }

    /// <summary>The teams as they stand now.</summary>
    /// <param name="defaultShareBps">The provider's share where none was set.</param>
    public TeamRoster Roster(uint defaultShareBps)
    {
        (Dictionary<int, int> spaceOfProvider, Dictionary<int, int> spaceOfMember) = Assign();
        List<(int Space, int Provider, int[] Members)> teams = [];
        foreach ((int provider, int space) in spaceOfProvider)
        {
            int[] members = [.. _approvedAtBySpace[space].Keys.Where(m => m != provider && spaceOfMember.GetValueOrDefault(m, -1) == space)];
            if (members.Length > 0) teams.Add((space, provider, InCanonicalOrder(members)));
        }

        teams.Sort((a, b) => directory.Names.Compare(a.Space, b.Space));
        return new TeamRoster(
            [.. teams.Select(t => t.Space)],
            [.. teams.Select(t => t.Provider)],
            [.. teams.Select(t => t.Members)],
            [.. teams.Select(t => _providerShareBps.GetValueOrDefault(t.Space, defaultShareBps))]);
    }

    /// <summary>Appends everything it knows, ids as ordinals.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        using CanonicalBuffer bytes = new(output);
        bytes.Int32(_approvedAtBySpace.Count);
        foreach ((int space, SortedDictionary<int, long> members) in _approvedAtBySpace)
        {
            bytes.Int32(space);
            bytes.Int32(members.Count);
            foreach ((int member, long position) in members)
            {
                bytes.Int32(member);
                bytes.Int64(position);
            }
        }

        bytes.Int32(_providerShareBps.Count);
        foreach ((int space, uint shareBps) in _providerShareBps.OrderBy(s => s.Key))
        {
            bytes.Int32(space);
            bytes.Int32(unchecked((int)shareBps));
        }

        bytes.Finish();
    }

    /// <summary>Takes back what <see cref="WriteTo"/> wrote, into one that has taken no event.</summary>
    /// <exception cref="FormatException"><c>state-damaged</c>.</exception>
    public void Restore(ReadOnlySpan<byte> bytes)
    {
        CanonicalReader input = new(bytes);
        for (int left = input.Count(); left > 0; left--)
        {
            SortedDictionary<int, long> members = [];
            _approvedAtBySpace.Add(input.Int32(), members);
            for (int member = input.Count(); member > 0; member--) members.Add(input.Int32(), input.Int64());
        }

        for (int left = input.Count(); left > 0; left--) _providerShareBps.Add(input.Int32(), unchecked((uint)input.Int32()));
        input.RequireEnd();
    }

    /// <summary>One team at most for everyone: a provider's first opened space that has members; for others, whoever approved last.</summary>
    private (Dictionary<int, int> SpaceOfProvider, Dictionary<int, int> SpaceOfMember) Assign()
    {
        Dictionary<int, int> spaceOfProvider = [];
        foreach ((int space, SortedDictionary<int, long> members) in _approvedAtBySpace)
        {
            if (members.Count == 0 || OpenedAt(space) == Directory.Never) continue;
            int provider = directory.Spaces[space].Provider;
            if (!spaceOfProvider.TryGetValue(provider, out int first) || OpenedAt(space) < OpenedAt(first)) spaceOfProvider[provider] = space;
        }

        Dictionary<int, int> spaceOfMember = [];
        Dictionary<int, long> approvedAt = [];
        foreach (int space in spaceOfProvider.Values)
        {
            foreach ((int member, long position) in _approvedAtBySpace[space])
            {
                if (spaceOfProvider.ContainsKey(member) || position < approvedAt.GetValueOrDefault(member, -1)) continue;
                spaceOfMember[member] = space;
                approvedAt[member] = position;
            }
        }

        return (spaceOfProvider, spaceOfMember);
    }

    private long OpenedAt(int space) => space < directory.Spaces.Length ? directory.Spaces[space].OpenedAt : Directory.Never;

    private int[] InCanonicalOrder(int[] accounts) => Array.ConvertAll(CanonicalOrder.Of(accounts, directory.Names), i => accounts[i]);
}
