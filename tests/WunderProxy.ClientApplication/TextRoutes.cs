using System.Threading.Channels;

namespace WunderProxy.ClientApplication;

/// <summary>Short answers, and those that wait for what the client does next.</summary>
internal static class TextRoutes
{
    private static readonly Channel<string> Lines = Channel.CreateUnbounded<string>();
    private static readonly TaskCompletionSource Released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static void Map(WebApplication app)
    {
        app.MapMethods("/text", ["GET", "HEAD"], () => "hello\n");
        app.MapMethods("/seen", ["GET", "POST", "PATCH"], DescribeAsync);
        app.MapPost("/refused", () => Results.StatusCode(StatusCodes.Status413PayloadTooLarge));
        app.MapGet("/held", HoldAsync);
        app.MapPost("/release", Released.SetResult);
        app.MapPost("/lines", AnswerLinesAsync);
        app.MapGet("/line", ReadLineAsync);
    }

    /// <summary>The request as it came, a line each.</summary>
    private static async Task DescribeAsync(HttpContext context)
    {
        var request = context.Request;
        await context.Response.WriteAsync($"{request.Method} {request.Path}{request.QueryString} {request.Protocol}\n");
        foreach (var (name, values) in request.Headers)
        {
            await context.Response.WriteAsync($"{name}: {values}\n");
        }
    }

    /// <summary>Two lines, the second one after <c>/release</c>.</summary>
    private static async Task HoldAsync(HttpContext context)
    {
        await context.Response.WriteAsync("first\n");
        await context.Response.Body.FlushAsync();
        await Released.Task.WaitAsync(context.RequestAborted);
        await context.Response.WriteAsync("second\n");
    }

    /// <summary>The next line that <c>/lines</c> has got, as soon as it has.</summary>
    private static async Task<string> ReadLineAsync(CancellationToken cancellationToken) =>
        await Lines.Reader.ReadAsync(cancellationToken);

    /// <summary>Answers each line of the body as soon as it is there, while the body goes on.</summary>
    private static async Task AnswerLinesAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        while (await reader.ReadLineAsync(context.RequestAborted) is { } line)
        {
            Lines.Writer.TryWrite(line);
            await context.Response.WriteAsync(line.ToUpperInvariant() + "\n");
            await context.Response.Body.FlushAsync();
        }
    }
}
