using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace WunderProxy.IntegrationTests.EndToEnd;

/// <summary>
/// A client that trusts the certificates of one authority for one name, and remembers which it saw. Sessions are not
/// resumed, so that every connection sees one.
/// </summary>
/// <param name="rootPem">The authority's root in PEM.</param>
/// <param name="host">The name.</param>
/// <param name="ignoresTime">Whether an expired certificate is trusted as well.</param>
internal sealed class AuthorityClient(string rootPem, string host, bool ignoresTime = false)
{
    private readonly ConcurrentDictionary<string, bool> _serials = new(StringComparer.Ordinal);

    /// <summary>Serial numbers of the certificates seen, trusted or not.</summary>
    public IReadOnlyCollection<string> Serials => [.. _serials.Keys];

    /// <summary>Describes how the client speaks TLS.</summary>
    public SslClientAuthenticationOptions Describe() => new()
    {
        TargetHost = host,
        AllowTlsResume = false,
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { X509Certificate2.CreateFromPem(rootPem) },
            RevocationMode = X509RevocationMode.NoCheck,
            VerificationFlags = ignoresTime ? X509VerificationFlags.IgnoreNotTimeValid : X509VerificationFlags.NoFlag,
        },
        RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
        {
            _serials[certificate!.GetSerialNumberString()] = true;
            return errors == SslPolicyErrors.None;
        },
    };

    /// <summary>Makes a handshake with an address.</summary>
    public async Task ConnectAsync(IPEndPoint address)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address);
        await using var stream = new SslStream(new NetworkStream(socket));
        await stream.AuthenticateAsClientAsync(Describe());
    }

    /// <summary>Asks for the start page under the name, whose address is given.</summary>
    public async Task<string> GetAsync(IPEndPoint address)
    {
        using var handler = new SocketsHttpHandler
        {
            SslOptions = Describe(),
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(address, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var client = new HttpClient(handler);
        return await client.GetStringAsync(new Uri($"https://{host}/"));
    }
}
