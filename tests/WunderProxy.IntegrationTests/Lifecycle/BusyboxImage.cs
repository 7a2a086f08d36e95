using System.Formats.Tar;
using System.Net;
using System.Net.Sockets;

namespace WunderProxy.IntegrationTests.Lifecycle;

/// <summary>A 2 MB image that is a web server: the machine's static busybox, imported without pulling anything.</summary>
internal static class BusyboxImage
{
    /// <summary>Answers <c>/up</c> on <c>$PORT</c>, 9292 when unset, with <c>$GREETING</c>; ends at once on SIGTERM.</summary>
    private const string Script =
        "mkdir -p /www; echo \"$GREETING\" >/www/up; echo starting; trap 'exit 0' TERM; "
        + "/bin/busybox httpd -f -p ${PORT:-9292} -h /www & wait";

    private static readonly string[] Folders = ["bin/", "tmp/", "www/"];

    /// <summary>Gives the engine this image under a name.</summary>
    public static async Task ImportAsync(string socketPath, string repository, string tag)
    {
        using var http = new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, token) => ConnectAsync(socketPath, token) });
        using var content = new ByteArrayContent(await CreateRootAsync());
        var command = Uri.EscapeDataString($"CMD [\"/bin/busybox\",\"sh\",\"-c\",{System.Text.Json.JsonSerializer.Serialize(Script)}]");
        var path = Uri.EscapeDataString("ENV PATH=/bin");
        using var answer = await http.PostAsync(
            new Uri($"http://engine/images/create?fromSrc=-&repo={Uri.EscapeDataString(repository)}&tag={tag}&changes={command}&changes={path}"),
            content);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), await answer.Content.ReadAsStringAsync());
    }

    private static async Task<byte[]> CreateRootAsync()
    {
        var bytes = new MemoryStream();
        await using (var tar = new TarWriter(bytes, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach (var folder in Folders)
            {
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, folder));
            }

            await tar.WriteEntryAsync(StaticBusybox.Path, "bin/busybox");
            foreach (var applet in new[] { "sh", "sleep", "mkdir" })
            {
                await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, $"bin/{applet}") { LinkName = "busybox" });
            }
        }

        return bytes.ToArray();
    }

    private static async ValueTask<Stream> ConnectAsync(string socketPath, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
