using Microsoft.Extensions.FileProviders;

namespace WunderProxy.ClientApplication;

/// <summary>Files of a folder, with ranges and validators.</summary>
internal static class FileRoutes
{
    public static void Use(WebApplication app, string folder) => app.UseStaticFiles(new StaticFileOptions
    {
        FileProvider = new PhysicalFileProvider(folder),
        RequestPath = "/files",
        ServeUnknownFileTypes = true,
    });
}
