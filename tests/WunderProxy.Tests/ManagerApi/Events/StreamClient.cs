using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WunderProxy.Tests.ManagerApi.Events;

/// <summary>A watcher of the live stream on a socket of its own.</summary>
internal sealed class StreamClient : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly HttpClient _client;
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;
    private int _count;

    private StreamClient(HttpClient client, HttpResponseMessage response, StreamReader lines) =>
        (_client, _response, _lines) = (client, response, lines);

    /// <summary>The head of the answer.</summary>
    public HttpResponseMessage Head => _response;

    /// <summary>A number that the reader counts up; others may look at it.</summary>
    public int Count
    {
        get => Volatile.Read(ref _count);
        set => Volatile.Write(ref _count, value);
    }

    /// <summary>Opens a stream.</summary>
    /// <param name="endPoint">Address of the API.</param>
    /// <param name="target">Path and query.</param>
    /// <param name="header">A field of the request; null for none.</param>
    public static async Task<StreamClient> OpenAsync(
        EndPoint endPoint, string target = "/events", (string Name, string Value)? header = null)
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) => new NetworkStream(await ConnectAsync(endPoint, token), ownsSocket: true),
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://localhost{target}"));
        if (header is { } field)
        {
            request.Headers.TryAddWithoutValidation(field.Name, field.Value);
        }

        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new StreamClient(client, response, new StreamReader(await response.Content.ReadAsStreamAsync(), Encoding.UTF8));
    }

    /// <summary>Asks for the stream and never reads a byte of it.</summary>
    public static async Task<Socket> OpenDeafAsync(EndPoint endPoint)
    {
        var socket = await ConnectAsync(endPoint, CancellationToken.None);
        await socket.SendAsync("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        return socket;
    }

    /// <summary>Reads the next event or block with an id; null at the end of the stream.</summary>
    public async Task<StreamEvent?> NextAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        List<string> block = [];
        while (await _lines.ReadLineAsync(deadline.Token) is { } line)
        {
            if (line.Length > 0)
            {
                block.Add(line);
            }
            else if (block.Exists(text => !text.StartsWith(':')))
            {
                return StreamEvent.ParseBlock(block);
            }
        }

        return null;
    }

    /// <summary>Reads until an event of this name comes.</summary>
    public async Task<StreamEvent> NextAsync(string name)
    {
        StreamEvent? happened;
        while ((happened = await NextAsync()) is not null && happened.Name != name)
        {
            // Another one.
        }

        return happened ?? throw new AssertionException($"the stream ended without {name}");
    }

    public void Dispose()
    {
        _lines.Dispose();
        _response.Dispose();
        _client.Dispose();
    }

    private static async Task<Socket> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(endPoint, cancellationToken);
        return socket;
    }
}
