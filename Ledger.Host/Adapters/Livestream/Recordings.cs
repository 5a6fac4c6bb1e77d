using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Projections.Ingest;

namespace Ledger.Host.Adapters.Livestream;

/// <summary>A finished recording of a broadcast.</summary>
/// <param name="Server">Whose disk it is on.</param>
/// <param name="Path">The file there; one name is one recording for ever.</param>
/// <param name="Space">Where it was broadcast.</param>
/// <param name="Account">Who broadcast it.</param>
/// <param name="Seconds">How long media flowed, by the ledger's clock; 1 to 86,400.</param>
internal sealed record Recording(string Server, string Path, SpaceId Space, AccountId Account, uint Seconds);

/// <summary>What becomes of finished recordings. Told of the same one again, it does nothing new.</summary>
internal interface IRecordingSink
{
    Task TakeAsync(Recording recording, CancellationToken cancel);
}

/// <summary>A recording is published as a video where it lies.</summary>
internal sealed class PublishedRecordings(LivestreamSettings settings, AdapterContext context) : IRecordingSink
{
    public async Task TakeAsync(Recording recording, CancellationToken cancel)
    {
        SubmittedEvent published = LiveEvents.Recorded(recording, settings.RecordingCategory, Core.Time.UnixMs.From(context.Clock.GetUtcNow().ToUnixTimeMilliseconds()));
        IntakeOutcome[] outcome = await context.SubmitAsync([published]);
        if (outcome[0].Refusal is { } refusal) throw new InvalidOperationException($"{refusal.Code}: {refusal.Detail}");
    }
}
