using System.CommandLine;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Composition;

namespace Ledger.Host.Cli;

/// <summary>One command being run: what was asked, and the ways to answer.</summary>
internal sealed class VerbRun(CliIo io, ParseResult parsed, string? dataOption, string? logOption, bool json)
{
    private const string DefaultDataDirectory = "weledger-data";

    public CliIo Io => io;

    /// <summary>Where the ledger lives: what was asked for, else the environment's folder, else the usual one.</summary>
    public string DataDirectory => io.PathOf(dataOption ?? io.DataDirectory ?? DefaultDataDirectory);

    /// <summary>The folder that was asked for on this command line, if one was.</summary>
    public string? DataOption => dataOption is null ? null : io.PathOf(dataOption);

    /// <summary>Where the event log lives: what was asked for, else the environment's address, else the ledger's folder.</summary>
    public LogAddress Log => LogAddress.Of(logOption ?? io.Log ?? DataDirectory, io.PathOf);

    /// <summary>The log that was asked for on this command line, if one was.</summary>
    public LogAddress? LogOption => logOption is null ? null : LogAddress.Of(logOption, io.PathOf);

    /// <summary>Whether one JSON document is the whole answer.</summary>
    public bool Json => json;

    /// <summary>The value of an option or argument.</summary>
    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    /// <inheritdoc cref="Get{T}(Option{T})"/>
    public T Get<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);

    /// <summary>Answers: the document with <c>--json</c>, else the page.</summary>
    public void Answer(Func<object> document, Action<Page> page)
    {
        if (json) io.Out.Write(CliJson.Text(document()));
        else page(new Page(io));
    }

    /// <summary>Tells something beside the answer.</summary>
    public void Note(string text) => io.Error.WriteLine(PlainText.Of(text));

    public ProgressLine Progress() => new(io);

    /// <summary>Reads a day as written on the command line.</summary>
    public static Day DayOf(string text) => Day.TryParse(text, out Day day)
        ? day
        : throw new CliException(ExitCode.Usage, "day-malformed", $"'{text}' is no day", "write it as 2026-11-22 (UTC)");

    /// <summary>Reads an account id as written on the command line.</summary>
    public static AccountId AccountOf(string text) => IdText.Fault(text) is { } fault
        ? throw new CliException(ExitCode.Usage, fault, "the account id cannot be one", $"an id is 1 to {IdText.BytesMax} bytes of UTF-8 without control characters")
        : new AccountId(text);

    /// <summary>Reads an event id as written on the command line.</summary>
    public static EventId EventOf(string text) => EventId.TryParse(text, out EventId id)
        ? id
        : throw new CliException(ExitCode.Usage, "event-id-malformed", $"'{text}' is no event id", "an event id is a UUID such as 01234567-89ab-8cde-8f01-23456789abcd");
}
