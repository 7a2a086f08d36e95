using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using WunderProxy.Deployments.Docker;

namespace WunderProxy.Deployments.Tests.Docker;

/// <summary>An engine on TCP that takes only callers with a certificate of its authority.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
[Parallelizable(ParallelScope.All)]
internal sealed class EngineTlsTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly TemporaryDirectory _folder = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> _asked = [];

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task Both_sides_show_certificates_of_the_authority()
    {
        using var authority = CreateAuthority();
        WriteClient(authority, authority);
        using var server = Issue(authority, "localhost", isServer: true);
        using var client = Connect();
        _ = ServeAsync(server, authority);

        await client.PingAsync(CancellationToken.None);

        Assert.That(_asked, Is.EqualTo(new[] { "CN=client: GET /version HTTP/1.1", "CN=client: GET /v1.41/_ping HTTP/1.1" }));
    }

    [Test]
    public async Task Context_brings_its_own_certificates()
    {
        const string Name = "far";
        using var authority = CreateAuthority();
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Name)));
        WriteClient(authority, authority, Path.Combine("contexts", "tls", id, "docker"));
        using var server = Issue(authority, "localhost", isServer: true);
        _listener.Start();
        var meta = Directory.CreateDirectory(Path.Combine(_folder.FullPath, "contexts", "meta", id)).FullName;
        File.WriteAllText(
            Path.Combine(meta, "meta.json"),
            $$$"""{"Name":"{{{Name}}}","Endpoints":{"docker":{"Host":"tcp://localhost:{{{Port}}}","SkipTLSVerify":false} } }""");
        var endpoint = DockerEndpoint.FromEnvironment(null, name => name switch
        {
            "DOCKER_CONFIG" => _folder.FullPath,
            "DOCKER_CONTEXT" => Name,
            _ => null,
        });
        using var client = new DockerEngineClient(endpoint, TimeProvider.System);
        _ = ServeAsync(server, authority);

        await client.PingAsync(CancellationToken.None);

        Assert.That(_asked, Has.Count.EqualTo(2).And.All.StartsWith("CN=client: GET /"));
    }

    [Test]
    public async Task Engine_of_another_authority_is_not_trusted()
    {
        using var authority = CreateAuthority();
        using var other = CreateAuthority();
        WriteClient(authority, authority);
        using var server = Issue(other, "localhost", isServer: true);
        using var client = Connect();
        _ = ServeAsync(server, authority);

        var fault = (await Assert.ThrowsAsync<EngineUnavailableException>(() => client.PingAsync(CancellationToken.None)))!;

        Assert.That(fault.Message, Does.Contain("certificate"));
        Assert.That(_asked, Is.Empty);
    }

    private DockerEngineClient Connect()
    {
        _listener.Start();
        var endpoint = DockerEndpoint.FromEnvironment($"tcp://localhost:{Port}", name => name switch
        {
            "DOCKER_TLS_VERIFY" => "1",
            "DOCKER_CERT_PATH" => _folder.FullPath,
            _ => null,
        });
        return new DockerEngineClient(endpoint, TimeProvider.System);
    }

    private async Task ServeAsync(X509Certificate2 server, X509Certificate2 authority)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificate = server,
            ClientCertificateRequired = true,
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { authority },
            },
        };
        while (true)
        {
            try
            {
                using var accepted = await _listener.AcceptTcpClientAsync();
                await AnswerAsync(accepted.GetStream(), options);
            }
            catch (Exception exception) when (exception is IOException or AuthenticationException)
            {
                // The client does not trust this engine.
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(Stream plain, SslServerAuthenticationOptions options)
    {
        const string Body = """{"ApiVersion":"1.41","MinAPIVersion":"1.12"}""";
        await using var stream = new SslStream(plain);
        await stream.AuthenticateAsServerAsync(options);
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        if (await reader.ReadLineAsync() is { } request)
        {
            _asked.Enqueue($"{stream.RemoteCertificate!.Subject}: {request}");
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"));
        }
    }

    private void WriteClient(X509Certificate2 trusted, X509Certificate2 issuer, string path = "")
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.FullPath, path)).FullName;
        using var client = Issue(issuer, "client", isServer: false);
        File.WriteAllText(Path.Combine(folder, "ca.pem"), trusted.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "cert.pem"), client.ExportCertificatePem());
        using var key = client.GetECDsaPrivateKey()!;
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    private static X509Certificate2 CreateAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=authority {Guid.NewGuid()}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string name, bool isServer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(isServer ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], critical: false));
        if (isServer)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
        }

        using var issued = request.Create(authority, Now.AddDays(-1), Now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }
}
