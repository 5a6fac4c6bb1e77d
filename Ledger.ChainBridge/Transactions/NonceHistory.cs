using Ledger.Core.Identity;
using Ledger.Core.Merkle;

namespace Ledger.ChainBridge.Transactions;

/// <summary>Finds which transaction of the chain used a nonce.</summary>
internal sealed class NonceHistory(ChainNode node)
{
    /// <summary>The transaction of a sender with a nonce, in blocks up to a number; null when it is not to be seen.</summary>
    public async Task<Digest?> FindAsync(WalletAddress sender, ulong nonce, ulong upTo, CancellationToken cancel)
    {
        // The count passes the nonce in the one block that holds the transaction.
        ulong low = 0, high = upTo;
        while (low < high)
        {
            ulong middle = low + ((high - low) / 2);
            if (await node.NonceAsync(sender, middle, cancel) > nonce) high = middle;
            else low = middle + 1;
        }

        return await node.TransactionOfAsync(sender, nonce, low, cancel);
    }
}
