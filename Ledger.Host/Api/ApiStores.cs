using Ledger.Host.Api.Retries;
using Ledger.Host.Security;

namespace Ledger.Host.Api;

/// <summary>What the server keeps in the data folder beside the log.</summary>
internal sealed class ApiStores : IDisposable
{
    private ApiStores(KeyStore keys, RequestMemory requests) => (Keys, Requests) = (keys, requests);

    public KeyStore Keys { get; }

    public RequestMemory Requests { get; }

    public static ApiStores Open(string dataDirectory, TimeProvider clock)
    {
        KeyStore keys = KeyStore.Open(dataDirectory, clock);
        try
        {
            return new ApiStores(keys, RequestMemory.Open(dataDirectory, clock));
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Keys.Dispose();
        Requests.Dispose();
    }
}
