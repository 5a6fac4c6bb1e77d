namespace Ledger.Core.Contributions;

/// <summary>Broadcast minutes an account may use (reward rules R8): all it bought before a position, less what closed windows used.</summary>
public interface IBandwidth
{
    /// <summary>Minutes bought at positions before <paramref name="position"/>, less minutes used in windows closed before.</summary>
    long MinutesAt(int account, long position);
}
