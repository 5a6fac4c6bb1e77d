using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>Which database and schema a log lives in, read from <c>postgres://user:password@host:port/database?option=value</c>.</summary>
/// <remarks>
/// The form is libpq's. Options: <c>schema</c> (where the log's tables are; default <c>weledger</c>), <c>host</c> (a socket's folder),
/// <c>sslmode</c>, <c>sslrootcert</c>, <c>connect_timeout</c> (seconds), <c>application_name</c>.
/// </remarks>
public sealed partial class PostgresAddress
{
    private const string SchemaDefault = "weledger";
    private const int SchemaCharactersMax = 40;

    private readonly NpgsqlConnectionStringBuilder _connection;

    private PostgresAddress(NpgsqlConnectionStringBuilder connection, string schema) => (_connection, Schema) = (connection, schema);

    /// <summary>The schema's name: lower-case letters, digits and <c>_</c>, so it needs no quotes.</summary>
    public string Schema { get; }

    /// <summary>Host, database and schema, for messages; no password.</summary>
    public override string ToString() => $"schema {Schema} of database {_connection.Database} at {_connection.Host}:{_connection.Port}";

    /// <exception cref="FormatException"><c>log-address</c>: says what is wrong and how to write it.</exception>
    public static PostgresAddress Parse(string text)
    {
        // Not System.Uri: libpq allows a user without a host, and a host that is a socket's folder.
        Match match = Form().Match(text);
        if (!match.Success) throw Malformed("it is no address");
        NpgsqlConnectionStringBuilder connection = new()
        {
            Host = Part("host") ?? "localhost",
            Port = Part("port") is { } port ? int.Parse(port, CultureInfo.InvariantCulture) : NpgsqlConnection.DefaultPort,
            Username = Part("user"),
            Password = Part("password"),
            Database = Part("database"),
            ApplicationName = "weledger",
            IncludeErrorDetail = true,
        };
        string schema = SchemaDefault;
        foreach (string pair in match.Groups["options"].Value.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] option = pair.Split('=', 2);
            string value = option.Length == 2 ? Uri.UnescapeDataString(option[1]) : "";
            if (option[0] == "schema") schema = value;
            else Set(connection, option[0], value);
        }

        connection.Database ??= connection.Username;
        if (schema.Length is 0 or > SchemaCharactersMax || schema[0] is >= '0' and <= '9' || schema.Any(c => c is not ('_' or (>= 'a' and <= 'z') or (>= '0' and <= '9'))))
            throw Malformed($"'{schema}' cannot name the schema: use a to z, 0 to 9 and _, at most {SchemaCharactersMax}");
        return new PostgresAddress(connection, schema);

        string? Part(string name) => match.Groups[name] is { Length: > 0 } part ? Uri.UnescapeDataString(part.Value) : null;
    }

    /// <summary>Connections for reading: pooled, few.</summary>
    internal NpgsqlDataSource Readers() => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_connection.ConnectionString) { MaxPoolSize = 16, MaxAutoPrepare = 16 });

    /// <summary>A connection of one's own, for the writer's lock or for listening.</summary>
    internal NpgsqlConnection Own() => new(new NpgsqlConnectionStringBuilder(_connection.ConnectionString)
    {
        Pooling = false,
        MaxAutoPrepare = 32,
        KeepAlive = 10,
        WriteBufferSize = 1 << 16,
    }.ConnectionString);

    private static void Set(NpgsqlConnectionStringBuilder connection, string option, string value)
    {
        try
        {
            switch (option)
            {
                case "host":
                    connection.Host = value;
                    break;
                case "sslmode":
                    connection.SslMode = Enum.Parse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
                    break;
                case "sslrootcert":
                    connection.RootCertificate = value;
                    break;
                case "connect_timeout":
                    connection.Timeout = int.Parse(value, CultureInfo.InvariantCulture);
                    break;
                case "application_name":
                    connection.ApplicationName = value;
                    break;
                default:
                    throw Malformed($"there is no option '{option}'");
            }
        }
        catch (Exception e) when (e is ArgumentException or OverflowException || (e is FormatException && !e.Message.StartsWith("log-address", StringComparison.Ordinal)))
        {
            throw Malformed($"'{value}' is no {option}");
        }
    }

    [GeneratedRegex(@"^postgres(ql)?://((?<user>[^:@/?]*)(:(?<password>[^@/?]*))?@)?(?<host>\[[0-9a-f:.]+\]|[^:@/?]*)(:(?<port>\d{1,5}))?(/(?<database>[^?]*))?(\?(?<options>.*))?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();

    private static FormatException Malformed(string why) =>
        new($"log-address: {why}; write postgres://user:password@host:port/database?schema=weledger&sslmode=require");
}
