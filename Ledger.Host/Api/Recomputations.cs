using Ledger.Core.Payouts.Proofs;
using Ledger.Projections.Audit.Proofs;
using Microsoft.AspNetCore.Http;

namespace Ledger.Host.Api;

/// <summary>Lets one request at a time fold a window again, and a bounded number wait: each holds a window's sheet in memory and a core busy.</summary>
internal sealed class Recomputations : IDisposable
{
    private const int WaitingMax = 16;
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _inside;

    /// <summary>Waits for the turn; disposing gives it on.</summary>
    /// <exception cref="ApiProblemException"><c>too-busy</c>: enough are waiting.</exception>
    public async Task<IDisposable> TakeAsync(CancellationToken cancel)
    {
        if (Interlocked.Increment(ref _inside) > WaitingMax)
        {
            Interlocked.Decrement(ref _inside);
            throw new ApiProblemException(new ApiProblem(StatusCodes.Status503ServiceUnavailable, "too-busy", "too many explanations and proofs are being made; ask again", TryAgain));
        }

        try
        {
            await _turn.WaitAsync(cancel);
            return new Turn(this);
        }
        catch
        {
            Interlocked.Decrement(ref _inside);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>What is answered; what the ledger does not know is told as not found: the fault's message begins with the code.</summary>
    public static async Task<IResult> FoundAsync(Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (KeyNotFoundException fault) when (fault.Message.Contains(": ", StringComparison.Ordinal))
        {
            int colon = fault.Message.IndexOf(": ", StringComparison.Ordinal);
            return Problems.NotFound(fault.Message[..colon], fault.Message[(colon + 2)..]);
        }
    }

    /// <summary>A proof as its file.</summary>
    public static IResult Proof(ProofAnswer answer) => answer.Proof is { } proof
        ? TypedResults.Bytes(ProofFile.Write(proof), "application/json")
        : Problems.NotFound(answer.RefusalCode!, answer.RefusalMessage!);

    private sealed class Turn(Recomputations of) : IDisposable
    {
        public void Dispose()
        {
            of._turn.Release();
            Interlocked.Decrement(ref of._inside);
        }
    }
}
