using WunderProxy.Sample;

var settings = SampleSettings.FromEnvironment();
if (settings.ExitAtStart is { } exitCode)
{
    Console.Error.WriteLine($"EXIT_AT_START is set: ending with code {exitCode}");
    return exitCode;
}

await Task.Delay(settings.StartDelay, TimeProvider.System);

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.ListenAnyIP(settings.Port);
    kestrel.Limits.MaxRequestBodySize = null;
    kestrel.Limits.MinRequestBodyDataRate = null;
    kestrel.Limits.MinResponseDataRate = null;
});
var app = builder.Build();

app.UseWebSockets();
app.Use(async (context, next) =>
{
    context.Response.Headers["X-Revision"] = settings.Revision;
    await next(context);
});
Misbehaviour.Use(app, settings);
ApplicationRoutes.Map(app, settings);
BodyRoutes.Map(app);
StreamRoutes.Map(app);

Console.WriteLine($"revision {settings.Revision} listens on port {settings.Port}");
await app.RunAsync();
return 0;
