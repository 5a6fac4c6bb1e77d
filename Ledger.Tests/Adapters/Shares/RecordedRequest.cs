using System.Net;
using System.Text.Json;
using Ledger.Core.Events;
using Ledger.Core.Identity;
using Ledger.Core.Time;
using Ledger.Host.Adapters.Shares;
using Ledger.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Ledger.Tests.Adapters.Shares;

/// <summary>A request for a link as a file keeps it; the link and the account's cookie are made for the key that the test runs with.</summary>
/// <param name="At">When it came.</param>
/// <param name="From">From which address.</param>
/// <param name="Method">HTTP's.</param>
/// <param name="Headers">Those that it carried.</param>
/// <param name="Sharer">Whose link; null for a code that is none.</param>
/// <param name="Account">Whom the app vouches for; null for nobody.</param>
/// <param name="Expect">What it comes to.</param>
internal sealed record RecordedRequest(UnixMs At, string From, string Method, Dictionary<string, string> Headers, string? Sharer, string? Account, string Expect)
{
    public static IEnumerable<RecordedRequest> Read(string file)
    {
        foreach (string line in File.ReadLines(Repository.PathOf($"Ledger.Tests/Adapters/Shares/{file}")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement root = document.RootElement;
            yield return new RecordedRequest(
                new ManualClock(root.GetProperty("at").GetString()!).Now, Text(root, "from")!, Text(root, "method")!, root.GetProperty("headers").EnumerateObject().ToDictionary(h => h.Name, h => h.Value.GetString()!), Text(root, "sharer"), Text(root, "account"), Text(root, "expect")!);
        }
    }

    public ShareRequest Request(ShareVisits visits)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        foreach ((string name, string value) in Headers) headers[name] = value;
        if (Account is not null) headers.Cookie = $"{ShareVisits.AccountCookie}={visits.Accounts.Issue(new AccountId(Account), TimeSpan.FromHours(1)).Text}";
        string code = Sharer is null ? "bm9uZQ" : visits.Links.CodeOf(new ShareLink(new AccountId(Sharer), new ContentId("clip"), SharePlatform.Facebook));
        return new ShareRequest(code, Method, headers, IPAddress.Parse(From), At);
    }

    private static string? Text(JsonElement root, string member) => root.GetProperty(member).GetString();
}
