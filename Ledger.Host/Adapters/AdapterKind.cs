using System.Text.Json;
using Ledger.Host.Api.Bodies;

namespace Ledger.Host.Adapters;

/// <summary>An adapter that this build has, by its section in the settings file.</summary>
/// <param name="Name">The section.</param>
/// <param name="Read">Reads the section; what it gives makes the adapter.</param>
internal sealed record AdapterKind(string Name, Func<JsonElement, Func<AdapterContext, IAdapter>> Read)
{
    /// <summary>An adapter whose section is a record: members without a default must be there, unknown ones must not.</summary>
    /// <param name="name">The section.</param>
    /// <param name="make">Makes the adapter. Settings that make no sense are a <see cref="FormatException"/> of their constructor, with a code.</param>
    public static AdapterKind Of<TSettings>(string name, Func<TSettings, AdapterContext, IAdapter> make)
        where TSettings : class =>
        new(name, section =>
        {
            TSettings settings = section.Deserialize<TSettings>(StrictJson.Options)!;
            return context => make(settings, context);
        });
}
