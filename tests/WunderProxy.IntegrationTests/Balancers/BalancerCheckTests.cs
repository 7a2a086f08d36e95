using System.Net;
using WunderProxy.IntegrationTests.Differential;
using WunderProxy.IntegrationTests.Infrastructure;
using WunderProxy.TestSupport;

namespace WunderProxy.IntegrationTests.Balancers;

/// <summary>Load balancers of other people before the program, whose API is a unix socket and a loopback port.</summary>
internal sealed class BalancerCheckTests
{
    // MD5 of "ok" with a line end.
    private const string DigestOfOk = "eff5bc1ef8ec9d03e640fc4370f5eacd";

    private readonly string _directory = Directory.CreateTempSubdirectory("wp-balancers-").FullName;
    private readonly IPEndPoint _status = WunderProxyProcess.FreeEndPoint();
    private readonly IPEndPoint _api = WunderProxyProcess.FreeEndPoint();
    private ScriptedUpstream _application = null!;
    private ForwardProcess _proxy = null!;

    private string SocketPath => Path.Combine(_directory, "api.sock");

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _application = ScriptedUpstream.Start();
        _proxy = await ForwardProcess.StartAsync(
            _application.EndPoint, "--status", $"{_status}", "--api", $"unix:{SocketPath}", "--api", $"{_api}");
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _proxy.Dispose();
        _application.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public async Task HAProxy_sees_an_instance_leave_and_come_back_in_every_form_of_its_check()
    {
        using var checks = await HaproxyChecks.StartAsync(_status, _api);

        await checks.WaitForAsync("L7OK 200");
        await CallAsync("drain");
        await checks.WaitForAsync("L7STS 503");
        await CallAsync("undrain");
        await checks.WaitForAsync("L7OK 200");
    }

    [TestCase("X-Forwarded-For")]
    [TestCase("x-forwarded-for, close")]
    [TestCase("keep-alive,\tX-FORWARDED-FOR")]
    public async Task Stranger_behind_HAProxy_cannot_name_its_evidence_away(string connection)
    {
        using var checks = await HaproxyChecks.StartAsync(_api);
        using var stranger = await RawConnection.ConnectAsync(checks.Front);

        await stranger.SendAsync($"POST /drain HTTP/1.1\r\nHost: localhost\r\nConnection: {connection}\r\nContent-Length: 0\r\n\r\n");

        Assert.That(await stranger.ReadHeadAsync(), Does.StartWith("HTTP/1.1 403 "));
    }

    [Test]
    public async Task Nginx_in_its_default_of_HTTP_1_0_gets_answers_and_the_connection_of_its_client_hides_nothing()
    {
        var front = new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(_directory, "nginx.sock"));
        var file = Path.Combine(_directory, "nginx.conf");
        await File.WriteAllTextAsync(
            file,
            $$"""
            daemon off;
            master_process off;
            pid {{_directory}}/nginx.pid;
            events { worker_connections 64; }
            http {
              access_log off;
              client_body_temp_path {{_directory}}/body;
              proxy_temp_path {{_directory}}/proxy;
              fastcgi_temp_path {{_directory}}/fastcgi;
              uwsgi_temp_path {{_directory}}/uwsgi;
              scgi_temp_path {{_directory}}/scgi;
              server {
                listen unix:{{front}};
                location / { proxy_pass http://{{_status}}; }
                location /drain {
                  proxy_pass http://{{_api}};
                  proxy_set_header X-Forwarded-For 192.0.2.1;
                  proxy_set_header Connection $http_connection;
                }
              }
            }
            """);
        using var nginx = new RivalProcess(System.Diagnostics.Process.Start(
            HostProgram.Describe("nginx", ["-e", "stderr", "-p", _directory, "-c", file]))!);
        await Eventually.TrueAsync("nginx listens", () => nginx.HasExited || File.Exists(front.ToString()));
        Assert.That(nginx.HasExited, Is.False, () => nginx.Errors);

        var status = await AskAsync(front, "GET /status HTTP/1.1\r\nHost: shop.example\r\n");
        var deploy = await AskAsync(front, "POST /drain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n");

        Assert.That(status, Does.StartWith("HTTP/1.1 200 "));
        Assert.That(deploy, Does.StartWith("HTTP/1.1 403 "));

        static async Task<string> AskAsync(EndPoint endPoint, string lines)
        {
            using var client = await RawConnection.ConnectAsync(endPoint);
            await client.SendAsync($"{lines}Connection: close, X-Forwarded-For\r\n\r\n");
            return await client.ReadHeadAsync();
        }
    }

    [Test]
    public async Task Live_stream_streams_through_nginx_under_a_path()
    {
        var front = new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Combine(_directory, "nginx-live.sock"));
        var file = Path.Combine(_directory, "nginx-live.conf");
        await File.WriteAllTextAsync(
            file,
            $$"""
            daemon off;
            master_process off;
            pid {{_directory}}/nginx-live.pid;
            events { worker_connections 64; }
            http {
              access_log off;
              client_body_temp_path {{_directory}}/body;
              proxy_temp_path {{_directory}}/proxy;
              fastcgi_temp_path {{_directory}}/fastcgi;
              uwsgi_temp_path {{_directory}}/uwsgi;
              scgi_temp_path {{_directory}}/scgi;
              server {
                listen unix:{{front}};
                location /ops/ { proxy_pass http://{{_api}}/; }
              }
            }
            """);
        using var nginx = new RivalProcess(System.Diagnostics.Process.Start(
            HostProgram.Describe("nginx", ["-e", "stderr", "-p", _directory, "-c", file]))!);
        await Eventually.TrueAsync("nginx listens", () => nginx.HasExited || File.Exists(front.ToString()));
        Assert.That(nginx.HasExited, Is.False, () => nginx.Errors);

        // With what nginx does by default: HTTP/1.0, and answers collected.
        using var watcher = await RawConnection.ConnectAsync(front);
        await watcher.SendAsync("GET /ops/events HTTP/1.1\r\nHost: shop.example\r\n\r\n");
        var head = await watcher.ReadThroughAsync("event: snapshot\n");
        using var caller = await RawConnection.ConnectAsync(_api);
        await caller.SendAsync("POST /resume HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        await watcher.ReadThroughAsync("event: resume\n");
        await watcher.ReadThroughAsync("event: snapshot\n");

        Assert.That(head, Does.StartWith("HTTP/1.1 200 ").And.Contain("Content-Type: text/event-stream\r\n"));
    }

    // keepalived checks nothing without IPVS in the kernel; genhash, of the same package, asks with its words.
    [TestCase("1.0")]
    [TestCase("1.0c")]
    [TestCase("1.1")]
    public async Task Asker_of_keepalived_reads_an_answer(string protocol)
    {
        foreach (var address in new[] { _status, _api })
        {
            string[] arguments = ["-s", $"{address.Address}", "-p", $"{address.Port}", "-u", "/livez", "-P", protocol];
            var hashed = await HostProgram.SucceedAsync("genhash", arguments);

            Assert.That(hashed.Output + hashed.Errors, Does.Contain(DigestOfOk));
        }
    }

    private Task<ProgramResult> CallAsync(string call) => HostProgram.SucceedAsync(
        "curl", ["-sf", "-X", "POST", "--noproxy", "*", "--unix-socket", SocketPath, $"http://localhost/{call}"]);
}
