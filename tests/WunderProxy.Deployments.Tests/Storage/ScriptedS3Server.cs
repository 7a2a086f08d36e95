using System.Collections.Concurrent;
using System.Net;
using WunderProxy.Deployments.Storage;
using WunderProxy.TestSupport;

namespace WunderProxy.Deployments.Tests.Storage;

/// <summary>A server on loopback that answers S3 calls as a test says, however wrong.</summary>
internal sealed class ScriptedS3Server : IDisposable
{
    // Bounds a hang.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly HttpListener _listener = new();
    private readonly SemaphoreSlim _called = new(0);
    private readonly Task _loop;

    public ScriptedS3Server(Func<HttpListenerRequest, ScriptedS3Answer> answer)
    {
        Url = $"http://127.0.0.1:{FreePort.Next()}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _loop = Task.Run(() => RunAsync(answer));
    }

    public string Url { get; }

    /// <summary>Method, key and condition of every call so far.</summary>
    public ConcurrentQueue<string> Calls { get; } = [];

    /// <summary>Waits for so many calls, beyond those waited for before.</summary>
    public async Task AwaitCallsAsync(int count)
    {
        for (var call = 0; call < count; call++)
        {
            Assert.That(await _called.WaitAsync(Patience), "the server is not called");
        }
    }

    public S3ObjectStore Open(TimeProvider? clock = null) =>
        S3ObjectStore.Open("bucket", clock ?? TimeProvider.System, new S3Endpoint(Url, "key", "secret"));

    public void Dispose()
    {
        _listener.Abort();
        _loop.Wait(TimeSpan.FromSeconds(10));
        _called.Dispose();
    }

    private async Task RunAsync(Func<HttpListenerRequest, ScriptedS3Answer> answer)
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var request = context.Request;
            var condition = request.Headers["If-Match"] ?? request.Headers["If-None-Match"];
            Calls.Enqueue($"{request.HttpMethod} {request.Url!.AbsolutePath} {condition}".TrimEnd());
            _called.Release();
            await AnswerAsync(context, answer(request));
        }
    }

    private static async Task AnswerAsync(HttpListenerContext context, ScriptedS3Answer answer)
    {
        if (answer.Status == 0)
        {
            // Silence: the caller has to give up.
            return;
        }

        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body);
        context.Response.StatusCode = answer.Status;
        if (answer.ETag.Length > 0)
        {
            context.Response.Headers["ETag"] = answer.ETag;
        }

        if (answer.Header is { } header)
        {
            context.Response.Headers.Add(header);
        }

        var bytes = answer.Bytes ?? System.Text.Encoding.UTF8.GetBytes(answer.Body);
        context.Response.SendChunked = answer.IsChunked;
        if (!answer.IsChunked)
        {
            context.Response.ContentLength64 = bytes.Length;
        }

        await context.Response.OutputStream.WriteAsync(bytes);
        context.Response.Close();
    }
}
