namespace WunderProxy.Sample;

/// <summary>What a bad revision does though its health check is fine: fails now and then, is slow, ends by itself.</summary>
internal static class Misbehaviour
{
    public static void Use(WebApplication app, SampleSettings settings)
    {
        if (settings.ExitAfter is { } time)
        {
            var isFirst = 1;
            app.Use((context, next) =>
            {
                if (context.Request.Path != "/up" && Interlocked.Exchange(ref isFirst, 0) == 1)
                {
                    _ = ExitAsync(time);
                }

                return next(context);
            });
        }

        if (settings.FailPercent > 0 || settings.Slowness > TimeSpan.Zero)
        {
            var requests = 0;
            app.Use(async (context, next) =>
            {
                if (context.Request.Path != "/up")
                {
                    await Task.Delay(settings.Slowness, TimeProvider.System, context.RequestAborted);

                    // Spread evenly: of a hundred requests in a row exactly so many fail.
                    var number = Interlocked.Increment(ref requests);
                    if (number * settings.FailPercent / 100 > (number - 1) * settings.FailPercent / 100)
                    {
                        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                        return;
                    }
                }

                await next(context);
            });
        }
    }

    private static async Task ExitAsync(TimeSpan time)
    {
        await Task.Delay(time, TimeProvider.System);
        Environment.Exit(1);
    }
}
