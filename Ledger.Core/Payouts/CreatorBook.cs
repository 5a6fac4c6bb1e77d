using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.Core.Payouts;

/// <summary>Posts of one creator in one category in one window.</summary>
public readonly record struct CategoryPosts(int Window, string Category, uint Posts);

/// <summary>What a creator brings into the next window. One that is absent from the book stands at <see cref="Newcomer"/>.</summary>
/// <param name="Account">Who, as an ordinal.</param>
/// <param name="Level">From 1.</param>
/// <param name="Idle">Windows in a row without an entry, since the last entry or fall.</param>
/// <param name="TrailingMicro">Moving average of the score, µpoints: what groups are formed by.</param>
/// <param name="History">Posts by category over the last windows, by window and then category text.</param>
public readonly record struct CreatorStanding(int Account, uint Level, uint Idle, long TrailingMicro, CategoryPosts[] History)
{
    /// <summary>A creator that never entered.</summary>
    public static CreatorStanding Newcomer(int account) => new(account, 1, 0, 0, []);

    /// <summary>Whether forgetting this creator would change anything later.</summary>
    public bool Matters => Level > 1 || TrailingMicro > 0 || History.Length > 0;
}

/// <summary>All creators' standings, in canonical order.</summary>
public sealed class CreatorBook(CreatorStanding[] rows)
{
    public static CreatorBook Empty { get; } = new([]);

    /// <summary>The standings, by id bytes.</summary>
    public ReadOnlySpan<CreatorStanding> Rows => rows;

    internal void WriteTo(CanonicalBuffer output, NameTable names)
    {
        output.Int32(rows.Length);
        foreach (CreatorStanding row in rows)
        {
            output.Id(names.Bytes(row.Account));
            output.Int32((int)row.Level);
            output.Int32((int)row.Idle);
            output.Int64(row.TrailingMicro);
            output.Int32(row.History.Length);
            foreach (CategoryPosts posts in row.History)
            {
                output.Int32(posts.Window);
                output.Text(posts.Category);
                output.Int32(checked((int)posts.Posts));
            }
        }
    }

    internal static CreatorBook Read(ref CanonicalReader input, NameTable names)
    {
        CreatorStanding[] rows = new CreatorStanding[input.Count()];
        for (int i = 0; i < rows.Length; i++)
        {
            (int account, int level, int idle, long trailing) = (names.Intern(input.Id()), input.Int32(), input.Int32(), input.Int64());
            CategoryPosts[] history = new CategoryPosts[input.Count()];
            for (int j = 0; j < history.Length; j++) history[j] = new CategoryPosts(input.Int32(), input.Text(), (uint)input.Int32());
            rows[i] = new CreatorStanding(account, (uint)level, (uint)idle, trailing, history);
        }

        return new CreatorBook(rows);
    }
}
