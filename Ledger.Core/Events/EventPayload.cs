using Ledger.Core.Identity;

namespace Ledger.Core.Events;

/// <summary>What happened: the facts of one event, without its id, times and place in the log.</summary>
/// <remarks>A persisted contract. Fields are only ever added, with a new <see cref="Version"/>; an unknown version is a fault, never ignored.</remarks>
public abstract record EventPayload
{
    /// <summary>The kind, which fixes the layout together with <see cref="Version"/>.</summary>
    public abstract EventKind Kind { get; }

    /// <summary>Schema version of this kind's fields, from 1.</summary>
    public virtual byte Version => 1;

    /// <summary>The stream this event belongs to; activity answers with its account's shard of the window.</summary>
    public abstract StreamName Stream(Time.Day window);

    /// <summary>Gives every field to <paramref name="fields"/> in persisted order.</summary>
    public abstract void Write(IFieldWriter fields);
}

/// <summary>An event that somebody did and that ends with a verdict.</summary>
public abstract record ActivityPayload : EventPayload
{
    /// <summary>Who did it; the verdict and the points are this account's.</summary>
    public abstract AccountId Actor { get; }

    /// <inheritdoc/>
    public override StreamName Stream(Time.Day window) => StreamName.Activity(window, Actor);
}
