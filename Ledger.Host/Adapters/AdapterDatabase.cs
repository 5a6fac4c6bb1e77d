using Ledger.Host.Security;

namespace Ledger.Host.Adapters;

/// <summary>An adapter's state: a file of its folder. Written ahead, because an adapter commits often and one sync must be enough.</summary>
internal static class AdapterDatabase
{
    /// <inheritdoc cref="OwnerDatabase.Open"/>
    public static OwnerDatabase Open(string path, int applicationId, int layout, string schema)
    {
        OwnerDatabase database = OwnerDatabase.Open(path, applicationId, layout, schema);
        database.Command("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL").ExecuteNonQuery();
        return database;
    }
}
