namespace WunderProxy.Deployments.Storage;

/// <summary>The address of an S3 server and the credentials for it.</summary>
/// <param name="Url">The server's URL, such as <c>http://127.0.0.1:9000</c>.</param>
/// <param name="AccessKey">The access key id.</param>
/// <param name="SecretKey">The secret access key.</param>
internal sealed record S3Endpoint(string Url, string AccessKey, string SecretKey);
