using System.Net;
using System.Text;

namespace WunderProxy.IntegrationTests.Infrastructure;

/// <summary>An HTTP server inside the test, which answers one request after another.</summary>
internal sealed class TestHttpServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<HttpListenerContext, Task<string>> _answer;
    private readonly Task _serving;

    /// <summary>Listens on a free port.</summary>
    /// <param name="answer">Returns the body of the response; may set its status and headers.</param>
    /// <param name="host">The names to which the server answers; <c>*</c> for all.</param>
    public TestHttpServer(Func<HttpListenerContext, Task<string>> answer, string host = "127.0.0.1")
    {
        _answer = answer;
        EndPoint = WunderProxyProcess.FreeEndPoint();
        _listener.Prefixes.Add($"http://{host}:{EndPoint.Port}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public IPEndPoint EndPoint { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                await AnswerAsync(await _listener.GetContextAsync());
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                // A client may have left before its answer.
                if (!_listener.IsListening)
                {
                    return;
                }
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var body = await _answer(context);
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
        context.Response.Close();
    }
}
