using System.Buffers;
using System.Text.Json;
using Ledger.Projections.Ingest;

namespace Ledger.Host.Api.Ingest;

/// <summary>Writes what became of every item of a request, in the order of the items.</summary>
internal static class VerdictWriter
{
    private static readonly JsonEncodedText Status = JsonEncodedText.Encode("status");
    private static readonly JsonEncodedText Position = JsonEncodedText.Encode("position");
    private static readonly JsonEncodedText Code = JsonEncodedText.Encode("code");
    private static readonly JsonEncodedText Field = JsonEncodedText.Encode("field");
    private static readonly JsonEncodedText Detail = JsonEncodedText.Encode("detail");
    private static readonly JsonEncodedText[] Statuses = [JsonEncodedText.Encode("accepted"), JsonEncodedText.Encode("carried-forward"), JsonEncodedText.Encode("duplicate"), JsonEncodedText.Encode("refused")];

    private static readonly JsonWriterOptions Options = new() { SkipValidation = true, Encoder = ApiJson.Answers.Encoder };

    /// <summary>Items by outcome, in the order of <see cref="IntakeStatus"/>.</summary>
    public static int[] Count(IntakeOutcome[] outcomes)
    {
        int[] counts = new int[Statuses.Length];
        foreach (IntakeOutcome outcome in outcomes) counts[(int)outcome.Status]++;
        return counts;
    }

    public static void Write(IBufferWriter<byte> output, IntakeOutcome[] outcomes, int[] counts, bool isDryRun)
    {
        using Utf8JsonWriter json = new(output, Options);
        json.WriteStartObject();
        json.WriteBoolean("dryRun", isDryRun);
        json.WriteNumber("accepted", counts[(int)IntakeStatus.Accepted]);
        json.WriteNumber("carriedForward", counts[(int)IntakeStatus.CarriedForward]);
        json.WriteNumber("duplicates", counts[(int)IntakeStatus.Duplicate]);
        json.WriteNumber("refused", counts[(int)IntakeStatus.Refused]);
        json.WriteStartArray("items");
        foreach (IntakeOutcome outcome in outcomes) Write(json, outcome);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IntakeOutcome outcome)
    {
        json.WriteStartObject();
        json.WriteString(Status, Statuses[(int)outcome.Status]);
        if (outcome.Position >= 0) json.WriteNumber(Position, outcome.Position);
        if (outcome.Refusal is { } refusal)
        {
            json.WriteString(Code, refusal.Code);
            if (refusal.Field is not null) json.WriteString(Field, refusal.Field);
            json.WriteString(Detail, refusal.Detail);
        }

        json.WriteEndObject();
    }
}
