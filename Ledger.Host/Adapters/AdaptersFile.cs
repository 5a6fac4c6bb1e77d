using System.Text.Json;

namespace Ledger.Host.Adapters;

/// <summary>Which adapters a server runs, and how: a JSON file with a section for each (specs/adapters.md).</summary>
/// <param name="Folder">What relative paths in it start from.</param>
/// <param name="Adapters">Those with a section, in the order of the file, with what makes them.</param>
internal sealed record AdaptersFile(string Folder, IReadOnlyList<(string Name, Func<AdapterContext, IAdapter> Make)> Adapters)
{
    private static readonly JsonDocumentOptions Reading = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>No adapters.</summary>
    public static AdaptersFile None { get; } = new(Path.GetTempPath(), []);

    /// <summary>Reads a file strictly.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="FormatException"><c>adapters-file-malformed</c>, <c>adapter-unknown</c>, <c>adapter-settings-malformed</c>, or a code of the adapter's settings.</exception>
    public static AdaptersFile Read(string path) => Parse(File.ReadAllBytes(path), Path.GetDirectoryName(Path.GetFullPath(path))!, AdapterKinds.All);

    /// <inheritdoc cref="Read"/>
    internal static AdaptersFile Parse(ReadOnlyMemory<byte> json, string folder, IReadOnlyList<AdapterKind> kinds)
    {
        using JsonDocument document = Document(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new FormatException("adapters-file-malformed: the file is no JSON object; give it a section for each adapter, as specs/adapters.md shows");
        return new AdaptersFile(folder, [.. document.RootElement.EnumerateObject().Select(section => (section.Name, Maker(section, kinds)))]);
    }

    private static Func<AdapterContext, IAdapter> Maker(JsonProperty section, IReadOnlyList<AdapterKind> kinds)
    {
        AdapterKind kind = kinds.FirstOrDefault(k => k.Name == section.Name)
            ?? throw new FormatException($"adapter-unknown: there is no adapter '{section.Name}'; there are {string.Join(", ", kinds.Select(k => k.Name))}");
        if (section.Value.ValueKind != JsonValueKind.Object) throw new FormatException($"adapter-settings-malformed: the section '{section.Name}' is no JSON object; specs/adapters.md shows it");
        try
        {
            return kind.Read(section.Value);
        }
        catch (JsonException e)
        {
            throw new FormatException($"adapter-settings-malformed: the section '{section.Name}' is not as expected at {e.Path ?? "$"} ({e.Message}); specs/adapters.md shows it", e);
        }
    }

    private static JsonDocument Document(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonDocument.Parse(json, Reading);
        }
        catch (JsonException e)
        {
            throw new FormatException($"adapters-file-malformed: {e.Message} Correct the file; specs/adapters.md shows one", e);
        }
    }
}
