using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;

namespace Ledger.Host.Adapters.Files;

/// <summary>One checked event rule.</summary>
internal sealed class MappedEvent
{
    private readonly EventKind _kind;
    private readonly Template _key;
    private readonly MappedFields _fields;

    private MappedEvent(EventKind kind, Template key, bool isOnce, Condition[] when, MappedFields fields)
    {
        _kind = kind;
        _key = key;
        _fields = fields;
        IsOnce = isOnce;
        When = when;
    }

    /// <summary>Whether the event introduces something (an account, a video) and is stated by the first row that needs it.</summary>
    public bool IsOnce { get; }

    public Condition[] When { get; }

    public static MappedEvent Parse(EventRule rule, IReadOnlyDictionary<string, int> slots, RowTexts row, string path)
    {
        if (!EventCatalogue.TryKind(rule.Kind, out EventKind kind)) throw new MappingException($"{path}.kind", $"'{rule.Kind}' is no kind of event");
        if (kind.Origin() == EventOrigin.Ledger) throw new MappingException($"{path}.kind", $"{rule.Kind} is stated by the ledger alone");
        if (rule.Key is null == rule.Once is null) throw new MappingException(path, "exactly one of key, once");
        IReadOnlyList<string> names = FieldNames.Of(kind);
        foreach (string given in rule.Fields.Keys)
        {
            if (!names.Contains(given, StringComparer.Ordinal)) throw new MappingException($"{path}.fields.{given}", $"{rule.Kind} has no such field");
        }

        foreach (string name in names)
        {
            if (!rule.Fields.ContainsKey(name)) throw new MappingException($"{path}.fields", $"{rule.Kind} needs the field '{name}'");
        }

        Dictionary<string, Template> templates = names.ToDictionary(n => n, n => Template.Parse(rule.Fields[n], slots, $"{path}.fields.{n}"), StringComparer.Ordinal);
        Template key = Template.Parse((rule.Key ?? rule.Once)!, slots, path + (rule.Key is null ? ".once" : ".key"));
        return new MappedEvent(kind, key, rule.Once is not null, rule.When, new MappedFields(templates) { Texts = row });
    }

    /// <param name="source">The mapping's source.</param>
    /// <param name="texts">The row.</param>
    /// <param name="at">The row's time.</param>
    /// <param name="stated">Ids of the events stated once so far.</param>
    /// <param name="again">Whether it was stated before; then the result is nothing.</param>
    public SubmittedEvent Make(string source, RowTexts texts, UnixMs at, HashSet<EventId> stated, out bool again)
    {
        EventId id = EventId.Derive(source, $"{EventCatalogue.Name(_kind)}/{_key.Fill(texts)}");
        again = IsOnce && stated.Contains(id);
        if (again) return default;
        return new SubmittedEvent(id, at, EventCatalogue.Read(_kind, 1, _fields));
    }
}
