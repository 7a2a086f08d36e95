using System.Net;
using WunderProxy.ClientApplication;

// The only argument is a folder: its files are served below /files with ranges, its git repositories below /git.
var folder = args[0];
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.Listen(IPAddress.Loopback, 0);
    kestrel.Limits.MaxRequestBodySize = null;
    // A busy machine may need more than the five seconds in which a slow body is tolerated.
    kestrel.Limits.MinRequestBodyDataRate = null;
    kestrel.Limits.MinResponseDataRate = null;
});
var app = builder.Build();
app.UseWebSockets();
FileRoutes.Use(app, folder);
TextRoutes.Map(app);
BodyRoutes.Map(app);
BrowserRoutes.Map(app);
app.Map("/git/{**path}", new GitBackend(folder).ServeAsync);

await app.StartAsync();
Console.WriteLine(new Uri(app.Urls.Single()).Authority);

// Whoever started us holds our standard input: when that ends, tests that died have left nothing behind.
await Console.In.ReadToEndAsync();
return 0;
