using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using WunderProxy.IntegrationTests.Differential;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.TestSupport;

namespace WunderProxy.IntegrationTests.Balancers;

/// <summary>HAProxy carries TCP to the program and names its clients by PROXY headers, in every form that it has.</summary>
[TestFixture("epoll")]
[TestFixture("sockets")]
[TestFixture("openssl")]
[TestFixture("runtime")]
[TestFixture("sockets-runtime")]
internal sealed class ProxyHeaderTests(string wiring)
{
    private static readonly string[] Forms =
        ["send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c,unique-id", "send-proxy-v2-ssl-cn"];

    private readonly ProxyWiring _wiring = ProxyWiring.Parse(wiring);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wp-proxy-header-");
    private readonly IPEndPoint[] _fronts = [.. Forms.Select(_ => WunderProxyProcess.FreeEndPoint())];
    private ScriptedUpstream _application = null!;
    private ForwardProcess _proxy = null!;
    private RivalProcess _balancer = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _application = ScriptedUpstream.Start();
        _ = _application.AnswerAllAsync(head =>
        {
            var seen = head.Split("X-Forwarded-For: ")[1].Split("\r\n")[0];
            return $"HTTP/1.1 200 OK\r\nContent-Length: {seen.Length}\r\n\r\n{seen}";
        });
        _proxy = await ForwardProcess.StartAsync(
            _application.EndPoint, _wiring, "--proxy-protocol", "127.0.0.1", "--trusted-proxy", "none");
        var file = Path.Combine(_folder.FullName, "haproxy.cfg");
        var socket = Path.Combine(_folder.FullName, "stats.sock");
        await File.WriteAllTextAsync(
            file,
            $"""
            global
              maxconn 128
              stats socket unix@{socket}
            defaults
              mode tcp
              timeout connect 5s
              timeout client 60s
              timeout server 60s

            """ + string.Concat(Forms.Select((form, index) =>
            $"""
            listen form-{index}
              bind {_fronts[index]}
              unique-id-format %pid
              server ours {_proxy.Proxy} {form}

            """)));
        _balancer = new RivalProcess(Process.Start(HostProgram.Describe("haproxy", ["-db", "-f", file]))!);
        await Eventually.TrueAsync("HAProxy listens", () => _balancer.HasExited || File.Exists(socket));
        Assert.That(_balancer.HasExited, Is.False, () => _balancer.Errors);
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _balancer.Dispose();
        _proxy.Dispose();
        _application.Dispose();
        _folder.Delete(recursive: true);
    }

    [Test]
    public async Task Client_of_the_balancer_is_the_client([Range(0, 3)] int form)
    {
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.77"), 0));
        await client.ConnectAsync(_fronts[form]);
        await using Stream plain = new NetworkStream(client);
        await using var stream = _wiring.IsSecure ? await SecureAsync(plain) : plain;

        await stream.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(stream);
        var text = await reader.ReadToEndAsync();

        Assert.That(text, Does.EndWith("\r\n\r\n127.0.0.77"), Forms[form]);
        await Eventually.TrueAsync(
            "the access log names the client", () => _proxy.Log.Contains("127.0.0.77", StringComparison.Ordinal));
    }

    [Test]
    public async Task Nobody_goes_around_the_balancer()
    {
        using var client = await RawConnection.ConnectAsync(_proxy.Proxy);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        // Where TLS is spoken, a client could not read an answer before its handshake.
        var (text, _) = await client.ReadToEndAsync();
        Assert.That(text, _wiring.IsSecure ? Is.Empty : Does.StartWith("HTTP/1.1 400 "));
    }

    private static async Task<Stream> SecureAsync(Stream plain)
    {
        var stream = new SslStream(plain);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = ProxyWiring.HostName,
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
        });
        return stream;
    }
}
