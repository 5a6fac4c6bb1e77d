using Npgsql;

namespace Ledger.Projections.EventLog.Postgres;

/// <summary>Which database and schema a log lives in, read from <c>postgres://user:password@host:port/database?option=value</c>.</summary>
/// <remarks>
/// The form is libpq's. Options: <c>schema</c> (where the log's tables are; default <c>weledger</c>), <c>host</c> (a socket's folder),
/// <c>sslmode</c>, <c>sslrootcert</c>, <c>connect_timeout</c> (seconds), <c>application_name</c>.
/// </remarks>
public sealed class PostgresAddress
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
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("postgres" or "postgresql"))
            throw Malformed("it is no address");
        NpgsqlConnectionStringBuilder connection = new()
        {
            Host = uri.Host.Length > 0 ? uri.IdnHost : "localhost",
            Port = uri.Port > 0 ? uri.Port : NpgsqlConnection.DefaultPort,
            Database = uri.AbsolutePath.Length > 1 ? Uri.UnescapeDataString(uri.AbsolutePath[1..]) : null,
            ApplicationName = "weledger",
            IncludeErrorDetail = true,
        };
        if (uri.UserInfo.Length > 0)
        {
            string[] user = uri.UserInfo.Split(':', 2);
            connection.Username = Uri.UnescapeDataString(user[0]);
            if (user.Length == 2) connection.Password = Uri.UnescapeDataString(user[1]);
        }

        string schema = SchemaDefault;
        foreach (string pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
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
                    connection.Timeout = int.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
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

    private static FormatException Malformed(string why) =>
        new($"log-address: {why}; write postgres://user:password@host:port/database?schema=weledger&sslmode=require");
}
