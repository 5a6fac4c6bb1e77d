using FsCheck.Xunit;
using Ledger.Core.Accounting;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts;
using Ledger.Core.Quantities;
using Xunit;

namespace Ledger.Tests.Accounting;

/// <summary>
/// Guaranteed: a token leaves for a chain only out of final earnings, only when it is still there, once, and never while it can be spent inside;
/// a wallet's leaf never falls and never passes what its accounts earned for it.
/// </summary>
public sealed class SettlementBookTests
{
    private static readonly WalletAddress AnnsWallet = new(0x11, 1), CatsWallet = new(0x22, 2), Distributor = new(0xdd, 0), Token = new(0xee, 0);

    [Fact]
    public void What_is_set_aside_moves_from_available_to_held_to_escrow_to_settled_and_the_books_balance()
    {
        Settling s = new();
        s.Live(CatsWallet);
        TokenAmount before = s.Books.Available("cat");
        UInt128 earned = s.State.Payees.Wallets[0].Cumulative;
        Assert.Equal(MoneyVerdict.Moved, s.Reserve("one").Verdict);
        Assert.Equal(before - TokenAmount.FromBaseUnits(earned), s.Books.Available("cat"));
        Assert.Equal(earned, s.Held("cat"));

        s.Books.Do(new SettlementSettled("one", default));
        Assert.Equal((UInt128.Zero, earned, UInt128.Zero), (s.Held("cat"), s.Of(JournalAccount.BridgeEscrow), s.Of(JournalAccount.ChainSettled)));
        Assert.Equal(MoneyVerdict.Moved, s.Books.Do(s.Claim(CatsWallet, earned)).Verdict);
        Assert.Equal((UInt128.Zero, earned), (s.Of(JournalAccount.BridgeEscrow), s.Of(JournalAccount.ChainSettled)));
        s.Books.Keeper.Balances.Trial().Require();
    }

    [Fact]
    public void What_was_spent_inside_does_not_leave_and_comes_back_into_reach_when_it_is_earned_again()
    {
        Settling s = new(startWe: 0);
        s.Live(CatsWallet);
        TokenAmount spent = TokenAmount.FromWe(100);
        s.Books.Tip("cat", "ann-space", spent);
        UInt128 earned = s.State.Payees.Wallets[0].Cumulative;
        s.Reserve("one");
        Assert.Equal(earned - spent.BaseUnits, s.Sums.Of(CatsWallet).Published);
        Assert.Equal(UInt128.Zero, s.Books.Available("cat").BaseUnits);
        Assert.Equal(spent.BaseUnits, s.Books.Keeper.Settlements.Open!.Plan.Spent);
        s.Books.Do(new SettlementSettled("one", default));

        s.Books.Do(new AllocationReleased("social-community", new AccountId("cat"), spent));
        s.Live();
        s.Reserve("two");
        Assert.Equal(s.State.Payees.Wallets[0].Cumulative, s.Sums.Of(CatsWallet).Published);
    }

    [Fact]
    public void What_is_held_cannot_be_spent_and_a_refused_settlement_gives_it_back()
    {
        Settling s = new(startWe: 0);
        s.Live(CatsWallet);
        TokenAmount all = s.Books.Available("cat");
        s.Reserve("one");
        Assert.Equal(MoneyVerdict.Unfunded, s.Books.Tip("cat", "ann-space", TokenAmount.FromBaseUnits(1)).Verdict);
        Assert.Equal(MoneyVerdict.Moved, s.Books.Do(new SettlementReleased("one", "leaf-lowered")).Verdict);
        Assert.Equal(all, s.Books.Available("cat"));
        Assert.Equal(default, s.Sums.Of(CatsWallet));
        Assert.Equal(MoneyVerdict.Void, s.Reserve("one").Verdict); // the name is used up
        Assert.Equal(MoneyVerdict.Moved, s.Reserve("two").Verdict);
    }

    [Fact]
    public void Only_one_settlement_is_open_and_only_of_the_latest_final_window_under_its_ruleset()
    {
        Settling s = new();
        Assert.Equal(MoneyVerdict.Void, s.Reserve("none-final").Verdict);
        s.Live(CatsWallet);
        Assert.Equal(MoneyVerdict.Void, s.Books.Do(s.Reserved("other-rules") with { RulesetHash = new Digest(1, 2, 3, 4) }).Verdict);
        Assert.Equal(MoneyVerdict.Void, s.Books.Do(s.Reserved("other-window") with { Window = Books.Today.Next }).Verdict);
        Assert.Equal(MoneyVerdict.Moved, s.Reserve("one").Verdict);
        s.Live();
        Assert.Equal(MoneyVerdict.Void, s.Reserve("two").Verdict);
        Assert.Equal(MoneyVerdict.Void, s.Books.Do(new SettlementSettled("two", default)).Verdict);
        Assert.Equal(MoneyVerdict.Moved, s.Books.Do(new SettlementSettled("one", default)).Verdict);
        Assert.Equal(MoneyVerdict.Void, s.Books.Do(new SettlementSettled("one", default)).Verdict);
        Assert.Equal(MoneyVerdict.Moved, s.Reserve("two").Verdict);
    }

    [Fact]
    public void A_claim_of_more_than_was_published_moves_nothing()
    {
        Settling s = new();
        s.Live(CatsWallet);
        s.Reserve("one");
        s.Books.Do(new SettlementSettled("one", default));
        UInt128 published = s.Sums.Of(CatsWallet).Published;
        Assert.Equal(MoneyVerdict.Void, s.Books.Do(s.Claim(CatsWallet, published + 1)).Verdict);
        Assert.Equal(MoneyVerdict.Void, s.Books.Do(s.Claim(AnnsWallet, 1)).Verdict);
        Assert.Equal(MoneyVerdict.Void, s.Books.Do(s.Claim(CatsWallet, published) with { Distributor = Token }).Verdict);
        Assert.Equal(MoneyVerdict.Moved, s.Books.Do(s.Claim(CatsWallet, published)).Verdict);
    }

    [Fact]
    public void Another_contract_starts_a_tree_of_its_own_and_gets_only_what_the_first_was_not_told()
    {
        Settling s = new();
        s.Live(CatsWallet);
        s.Reserve("one");
        s.Books.Do(new SettlementSettled("one", default));
        UInt128 first = s.Sums.Of(CatsWallet).Published;
        s.Live();
        s.Books.Do(s.Reserved("two") with { Distributor = Token });
        SettledSums other = s.Books.Keeper.Settlements.SumsOf(1, Token, Token);
        Assert.Equal(first, s.Sums.Of(CatsWallet).Published);
        Assert.Equal(s.State.Payees.Wallets[0].Cumulative, first + other.Of(CatsWallet).Published);
        Assert.NotEqual(s.Sums.Leaves()[0].Domain, other.Leaves()[0].Domain);
    }

    [Theory]
    [InlineData(10, 0, 0, 0, SettlementChoice.Wait)]
    [InlineData(100, 0, 0, 0, SettlementChoice.Claim)]
    [InlineData(100, 100, 0, 0, SettlementChoice.Push)]
    [InlineData(99, 100, 0, 0, SettlementChoice.Claim)]
    [InlineData(500, 100, 3, 0, SettlementChoice.Claim)]
    [InlineData(500, 100, 3, 3, SettlementChoice.Push)]
    public void A_wallet_waits_claims_or_is_pushed_to(int amount, int pushFrom, int published, int claims, SettlementChoice expected) =>
        Assert.Equal(expected, new SettlementPolicy(50, (UInt128)pushFrom, 62_000, 26_000).Choose((UInt128)amount, (uint)published, (uint)claims));

    /// <summary>One thing that happens between closes; every field is taken modulo what there is.</summary>
    public sealed record Move(byte Kind, byte Who, ushort Amount);

    [Property(MaxTest = 150)]
    public void Leaves_never_fall_never_pass_the_reward_tree_and_the_books_always_balance(Move[] moves)
    {
        Settling s = new(startWe: 50_000);
        Dictionary<Digest, UInt128> leaves = [];
        string[] people = ["ann", "cat", "dan"];
        WalletAddress[] wallets = [AnnsWallet, CatsWallet, new(0x11, 9)];
        int names = 0;
        foreach (Move move in moves)
        {
            string who = people[move.Who % people.Length];
            switch (move.Kind % 7)
            {
                case 0: s.Live(); break;
                case 1: s.Books.Do(new WalletLinked(new AccountId(who), wallets[move.Amount % wallets.Length])); break;
                case 2: s.Books.Tip(who, "ben-space", TokenAmount.FromWe(move.Amount)); break;
                case 3: s.Reserve($"s{names++}", waitBelowWe: (ulong)move.Who * 50, pushFromWe: (ulong)move.Amount * 40); break;
                case 4: s.SettleOpen(); break;
                case 5: s.Books.Do(s.Claim(wallets[move.Who % 3], move.Amount)); break;
                default:
                    if (s.Books.Keeper.Settlements.Open is { } open && open.Plan.SetAside == 0) s.Books.Do(new SettlementReleased(open.Reserved.Batch, "nothing-to-claim"));
                    break;
            }

            foreach (RewardLeaf leaf in s.Sums.Leaves())
            {
                Assert.True(leaf.Cumulative.BaseUnits >= leaves.GetValueOrDefault(leaf.Payee));
                leaves[leaf.Payee] = leaf.Cumulative.BaseUnits;
            }

            foreach (WalletPayee earned in s.Final.Payees.Wallets)
            {
                SettledWallet sums = s.Sums.Of(earned.Wallet);
                Assert.True(sums.Paid <= sums.Published && sums.Published <= earned.Cumulative);
            }

            s.Books.Keeper.Balances.Trial().Require();
        }

        Assert.Equal(Bytes(s.Books.Keeper), Bytes(Restored(s.Books)));
    }

    [Fact]
    public void An_open_settlement_survives_being_written_and_read_back()
    {
        Settling s = new();
        s.Live(CatsWallet);
        s.Reserve("one");
        Bookkeeper restored = Restored(s.Books);
        Assert.Equal(s.Books.Keeper.Settlements.Open!.Publication(), restored.Settlements.Open!.Publication());
        Assert.Equal(s.Books.Keeper.Settlements.Open!.Reserved, restored.Settlements.Open!.Reserved);
    }

    private static Bookkeeper Restored(Books books)
    {
        Bookkeeper restored = new(books.Directory, _ => books.Ruleset);
        restored.Restore(Bytes(books.Keeper));
        return restored;
    }

    private static byte[] Bytes(Bookkeeper keeper)
    {
        System.Buffers.ArrayBufferWriter<byte> bytes = new();
        keeper.WriteTo(bytes);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Books with windows that close, become final and are settled.</summary>
    private sealed class Settling(ulong startWe = 100)
    {
        private int _windows;

        public Books Books { get; } = new(startWe: startWe);

        public PayoutState State { get; private set; } = PayoutState.Initial;

        /// <summary>The state as of the last final statement.</summary>
        public PayoutState Final => State;

        public SettledSums Sums => Books.Keeper.Settlements.SumsOf(1, Distributor, Token);

        public UInt128 Of(JournalAccount account) => Books.Keeper.Balances.Of(account).BaseUnits;

        public UInt128 Held(string account) => Of(JournalAccount.Held(Books.Directory.Names.Intern(account)));

        /// <summary>A window in which ann and cat earn, closed and final; cat is linked to a wallet before.</summary>
        public void Live(WalletAddress? cats = null)
        {
            if (cats is { } wallet) Books.Do(new WalletLinked(new AccountId("cat"), wallet));
            (WindowResult result, TrialBalance _) = Books.Close(Books.Today.Plus(_windows++), State);
            Books.Keeper.Issued(result.Statement, Books.LastPosition);
            Books.Do(new StatementFinalized(result.Statement.Window, result.Statement.Digest));
            State = result.Next;
        }

        public SettlementReserved Reserved(string batch) => new(
            batch, Books.Today.Plus(_windows - 1), 1, Distributor, Token, Books.Ruleset.Hash, TokenAmount.Zero, TokenAmount.Zero, 62_000, 26_000);

        public MoneyOutcome Reserve(string batch, ulong waitBelowWe = 0, ulong pushFromWe = 0) =>
            Books.Do(Reserved(batch) with { WaitBelow = TokenAmount.FromWe(waitBelowWe), PushFrom = TokenAmount.FromWe(pushFromWe) });

        public void SettleOpen()
        {
            if (Books.Keeper.Settlements.Open is { } open) Books.Do(new SettlementSettled(open.Reserved.Batch, default));
        }

        public ChainPaid Claim(WalletAddress wallet, UInt128 amount) =>
            new(1, Distributor, wallet, TokenAmount.FromBaseUnits(amount), 0, default, 1, 0);
    }
}
