using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using WunderProxy.IntegrationTests.Differential;
using WunderProxy.IntegrationTests.Infrastructure;

namespace WunderProxy.IntegrationTests.Page;

/// <summary>
/// nginx before the manager API, which it offers below <c>/ops/</c>. It passes <c>Host</c> on and is otherwise as nginx
/// comes: HTTP/1.0 to the API, and its answers collected.
/// </summary>
internal sealed class PathProxy : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("wp-path-");
    private readonly IPEndPoint _endPoint = WunderProxyProcess.FreeEndPoint();
    private readonly RivalProcess _process;

    private PathProxy(IPEndPoint api)
    {
        var file = Path.Combine(_folder.FullName, "nginx.conf");
        File.WriteAllText(file, Config(api));
        _process = new RivalProcess(Process.Start(HostProgram.Describe("nginx", ["-e", "stderr", "-p", _folder.FullName, "-c", file]))!);
    }

    /// <summary>The TCP port on which nginx listens.</summary>
    public int Port => _endPoint.Port;

    /// <summary>Starts nginx and waits until it listens.</summary>
    public static async Task<PathProxy> StartAsync(IPEndPoint api)
    {
        var proxy = new PathProxy(api);
        try
        {
            await Eventually.TrueAsync("nginx listens", () => proxy._process.HasExited || proxy.CanConnect());
            Assert.That(proxy._process.HasExited, Is.False, () => proxy._process.Errors);
            return proxy;
        }
        catch
        {
            proxy.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private string Config(IPEndPoint api) =>
        $$"""
        daemon off;
        master_process off;
        pid {{_folder.FullName}}/nginx.pid;
        events { worker_connections 128; }
        http {
          access_log off;
          client_body_temp_path {{_folder.FullName}}/body;
          proxy_temp_path {{_folder.FullName}}/proxy;
          fastcgi_temp_path {{_folder.FullName}}/fastcgi;
          uwsgi_temp_path {{_folder.FullName}}/uwsgi;
          scgi_temp_path {{_folder.FullName}}/scgi;
          upstream api { server {{api}}; }
          server {
            listen {{_endPoint}};
            location /ops/ {
              proxy_pass http://api/;
              proxy_set_header Host $http_host;
            }
          }
        }
        """;

    private bool CanConnect()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(_endPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
