using System.Diagnostics;
using System.Net.Sockets;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Differential;

/// <summary>nginx, HAProxy and the built program, each before an origin of its own, with few settings.</summary>
internal sealed class Rivals : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wp-rivals-");
    private readonly List<ComparedProxy> _started = [];

    private Rivals()
    {
    }

    public static async Task<Rivals> StartAsync()
    {
        var rivals = new Rivals();
        try
        {
            await rivals.StartRivalAsync(
                "nginx", NginxConfig, file => ["-e", "stderr", "-p", Path.GetDirectoryName(file)!, "-c", file]);
            await rivals.StartRivalAsync("haproxy", HaproxyConfig, file => ["-db", "-f", file]);
            await rivals.StartOursAsync();
            return rivals;
        }
        catch
        {
            rivals.Dispose();
            throw;
        }
    }

    /// <summary>Does the same with each of them at once.</summary>
    public async Task<Outcomes> CompareAsync(Func<ComparedProxy, Task<string>> act)
    {
        var outcomes = await Task.WhenAll(_started.Select(act));
        return new Outcomes(outcomes[0], outcomes[1], outcomes[2]);
    }

    public void Dispose()
    {
        foreach (var proxy in _started)
        {
            proxy.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    // As a reverse proxy in front of an application: the client's Host, HTTP/1.1, nothing buffered or hidden.
    private static string NginxConfig(string folder, string socket, RecordingOrigin origin) =>
        $$"""
        daemon off;
        master_process off;
        pid {{folder}}/nginx.pid;
        events { worker_connections 128; }
        http {
          access_log off;
          client_body_temp_path {{folder}}/body;
          proxy_temp_path {{folder}}/proxy;
          fastcgi_temp_path {{folder}}/fastcgi;
          uwsgi_temp_path {{folder}}/uwsgi;
          scgi_temp_path {{folder}}/scgi;
          underscores_in_headers on;
          client_max_body_size 0;
          server {
            listen unix:{{socket}};
            location / {
              proxy_pass http://{{origin.EndPoint}};
              proxy_http_version 1.1;
              proxy_set_header Host $http_host;
              proxy_request_buffering off;
              proxy_buffering off;
              proxy_next_upstream off;
            }
          }
        }
        """;

    private static string HaproxyConfig(string folder, string socket, RecordingOrigin origin) =>
        $"""
        global
          maxconn 128
        defaults
          mode http
          retries 0
          timeout connect 5s
          timeout client 30s
          timeout server 30s
        frontend clients
          bind unix@{socket}
          default_backend application
        backend application
          server origin {origin.EndPoint}

        """;

    private async Task StartRivalAsync(
        string name, Func<string, string, RecordingOrigin, string> config, Func<string, string[]> arguments)
    {
        var origin = new RecordingOrigin();
        var socket = new UnixDomainSocketEndPoint(Path.Combine(_folder.FullName, $"{name}.sock"));
        var file = Path.Combine(_folder.FullName, $"{name}.conf");
        await File.WriteAllTextAsync(file, config(_folder.FullName, socket.ToString(), origin));
        var start = HostProgram.Describe(name, arguments(file));
        var process = new RivalProcess(Process.Start(start)!);
        _started.Add(new ComparedProxy(name, socket, origin, process));
        await Eventually.TrueAsync($"{name} listens", () => process.HasExited || CanConnect(socket));
        Assert.That(process.HasExited, Is.False, () => $"{name}: {process.Errors}");
    }

    private async Task StartOursAsync()
    {
        var origin = new RecordingOrigin();
        var process = await ForwardProcess.StartAsync(origin.EndPoint, "--access-log", "none");
        _started.Add(new ComparedProxy("wunderproxy", process.Proxy, origin, process));
    }

    private static bool CanConnect(UnixDomainSocketEndPoint endPoint)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(endPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
