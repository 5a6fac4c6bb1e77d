using Ledger.Host.Security;

namespace Ledger.Host.Adapters;

/// <summary>The key that an adapter signs its tokens with: made once, kept in the adapter's own database.</summary>
internal static class AdapterSecret
{
    /// <summary>The table it is kept in.</summary>
    public const string Schema = "CREATE TABLE secret (one INTEGER PRIMARY KEY CHECK (one = 1), key BLOB NOT NULL) STRICT";

    /// <summary>The key; the first time it is made.</summary>
    public static byte[] Of(OwnerDatabase database) => database.Transact(() =>
    {
        database.Command("INSERT OR IGNORE INTO secret VALUES (1, $key)", ("$key", TokenSigner.NewKey())).ExecuteNonQuery();
        return (byte[])database.Command("SELECT key FROM secret").ExecuteScalar()!;
    });
}
