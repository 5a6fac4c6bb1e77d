using System.Net;
using Akka.Remote.Hosting;

namespace Ledger.Host.Composition;

/// <summary>How a cluster member is reached and whom it joins.</summary>
/// <param name="Listen">Where the other members reach it.</param>
/// <param name="Seeds">Members that a new one asks to be let in, as <c>host:port</c>; the first one starts the cluster when there is none.</param>
/// <param name="Http">Where its health page is.</param>
/// <param name="Grace">How long after its end a day is sealed.</param>
/// <param name="CertificateFile">PKCS #12 file with the certificate that members show each other; null: no encryption, loopback only.</param>
/// <param name="CertificatePassword">Its password.</param>
internal sealed record NodeOptions(IPEndPoint Listen, IReadOnlyList<string> Seeds, IPEndPoint Http, TimeSpan Grace, string? CertificateFile, string? CertificatePassword)
{
    /// <summary>Whether members talk over TLS.</summary>
    public bool Tls => CertificateFile is not null;

    public RemoteOptions Remoting() => new()
    {
        HostName = Listen.Address.ToString(),
        Port = Listen.Port,
        EnableSsl = Tls,
        Ssl = Tls ? new SslOptions { SuppressValidation = false, CertificateOptions = new SslCertificateOptions { Path = CertificateFile, Password = CertificatePassword } } : null!,
    };
}
