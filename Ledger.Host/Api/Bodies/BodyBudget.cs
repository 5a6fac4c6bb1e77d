namespace Ledger.Host.Api.Bodies;

/// <summary>The memory that all bodies at hand may take together. Past it requests are turned away, which bounds the queue in front of the log.</summary>
internal sealed class BodyBudget(long bytesMax = ApiLimits.BodiesBytesMax)
{
    private long _taken;

    /// <summary>Bytes that bodies hold now.</summary>
    public long TakenBytes => Volatile.Read(ref _taken);

    /// <summary>Takes memory for a body.</summary>
    /// <exception cref="ApiProblemException"><c>busy</c>: there is none left.</exception>
    public void Take(int bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= bytesMax) return;
        Interlocked.Add(ref _taken, -bytes);
        throw new ApiProblemException(Problems.Busy);
    }

    public void Return(int bytes) => Interlocked.Add(ref _taken, -bytes);
}
