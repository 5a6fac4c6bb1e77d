using System.Globalization;
using Ledger.ChainBridge.Contracts;
using Ledger.ChainBridge.JsonRpc;
using Ledger.ChainBridge.Transactions;
using Ledger.Core.Merkle;
using Ledger.Core.Payouts.Proofs;
using Ledger.Core.Quantities;

namespace Ledger.ChainBridge.Verification;

/// <summary>Why the chain does not bear a proof out.</summary>
/// <param name="Code">Stable, kebab-case: <c>chain-differs</c>, <c>contract-differs</c>, <c>root-superseded</c>, <c>root-missing</c>, <c>commitment-differs</c>.</param>
/// <param name="Message">What was found and what to do.</param>
public sealed record ChainRefusal(string Code, string Message);

/// <summary>What the chain says of a wallet whose proof it bears out.</summary>
/// <param name="BlockNumber">As of which block.</param>
/// <param name="Paid">What the distributor has paid the wallet in all.</param>
/// <param name="Claimable">What it can still claim with the proof.</param>
/// <param name="IsPaused">Whether claims are paused.</param>
public sealed record ChainFacts(ulong BlockNumber, TokenAmount Paid, TokenAmount Claimable, bool IsPaused);

/// <summary>A settlement proof beside a chain.</summary>
/// <param name="Checks">Every check that was made, in order; after one that fails, those that need it are left out.</param>
/// <param name="Refusal">Why it does not hold; null when it does.</param>
/// <param name="Facts">What the chain says; null when it does not hold.</param>
public sealed record ChainReport(IReadOnlyList<ProofCheck> Checks, ChainRefusal? Refusal, ChainFacts? Facts);

/// <summary>Compares what a settlement proof says with what the distributor holds, by a node of the reader's own choice.</summary>
/// <param name="node">The node; what it says is believed.</param>
public sealed class ProofOnChain(ChainNode node)
{
    private readonly List<ProofCheck> _checks = [];

    /// <summary>Makes the checks, all as of one block.</summary>
    /// <param name="window">The window that was settled.</param>
    /// <param name="settled">What the verified proof says.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="RpcFaultException">The node does not answer.</exception>
    public async Task<ChainReport> CheckAsync(Core.Time.Day window, SettledFacts settled, CancellationToken cancel = default)
    {
        ulong chain = await node.ChainIdAsync(cancel);
        if (!Equal("chain-id", "the node is on the proof's chain", settled.ChainId.ToString(CultureInfo.InvariantCulture), chain.ToString(CultureInfo.InvariantCulture)))
            return Refused("chain-differs", $"the node is on chain {chain}, the proof is for chain {settled.ChainId}; ask a node of that chain");
        ChainBlock head = await node.BlockAsync("latest", cancel) ?? throw new RpcFaultException("node-behind", "the node has no block yet; wait until it is synchronised");
        string at = RpcHex.Quantity(head.Number);

        DistributorContract contract = new(node, settled.Distributor, settled.Token);
        string expected = Core.Payouts.PayeeNames.Domain(settled.ChainId, settled.Distributor, settled.Token).ToString();
        if (!Equal("chain-contract", "the contract pays this token on this chain, and binds leaves as the proof does", expected, await DomainAsync(contract, at, cancel)))
            return Refused("contract-differs", $"at {settled.Distributor} there is no distributor for the token {settled.Token}; the proof is of another chain or contract, do not rely on it");

        DistributorState state = await contract.StateAsync(at, cancel);
        if (!Equal("chain-root", "claims are proven against the proof's settled root", settled.Root.ToString(), state.Root.ToString()))
        {
            return state.Window > window
                ? Refused("root-superseded", $"the contract holds the root of {state.Window}, which took the place of that of {window}; ask for a new proof")
                : Refused("root-missing", $"the contract holds {(state.Root == Digest.Zero ? "no root yet" : $"another root, of {state.Window}")}; wait until the settlement of {window} is final, or do not rely on the proof");
        }

        if (!Equal("chain-commitment", "it came with this window, total, log root, statement and ruleset", settled.Commitment.ToString(), state.Commitment.ToString()))
            return Refused("commitment-differs", "the contract's root came with another window, total, log root, statement or ruleset than the proof's; do not rely on the proof");

        TokenAmount paid = await contract.RewardedAsync(settled.Wallet, at, cancel);
        TokenAmount claimable = settled.Cumulative.TrySubtract(paid, out TokenAmount rest) ? rest : TokenAmount.Zero;
        return new ChainReport(_checks, null, new ChainFacts(head.Number, paid, claimable, state.IsPaused));
    }

    /// <summary>What the contract's leaves are bound to; a word for a person where there is no such contract.</summary>
    private static async Task<string> DomainAsync(DistributorContract contract, string block, CancellationToken cancel)
    {
        try
        {
            return (await contract.DomainAsync(block, cancel)).ToString();
        }
        catch (FormatException)
        {
            return "no contract";
        }
        catch (RpcErrorException)
        {
            return "another contract";
        }
    }

    private bool Equal(string name, string shows, string expected, string found)
    {
        bool ok = string.Equals(expected, found, StringComparison.Ordinal);
        _checks.Add(new ProofCheck(name, shows, ok, expected, found));
        return ok;
    }

    private ChainReport Refused(string code, string message) => new(_checks, new ChainRefusal(code, message), null);
}
