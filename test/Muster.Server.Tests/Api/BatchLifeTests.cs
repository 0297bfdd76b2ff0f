using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Muster.Server.Tests.Api;

public sealed class BatchLifeTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    private const string Import = "/data/foundation/import/batches";
    private const string Catalog = "/data/foundation/catalog";
    private const string Export = "/data/foundation/export/batches";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LargeFile_InParts_LandsAndTellsItsProgress()
    {
        (string dataset, string batch) = await OpenAsync();
        string file = $"{Import}/{batch}/datasets/{dataset}/files/day=1/people.json";
        Answer begun = await server.SendAsync(HttpMethod.Post, file + "?action=initialize");
        Assert.Equal((201, """{"name":"day=1/people.json","sizeInBytes":0}"""), (begun.Status, begun.Text));
        string text = Person("a@x.org") + "\n" + Person("b@x.org");
        Answer second = await PartAsync(file, text, 40, text.Length);
        Assert.Equal((200, $"bytes=40-{text.Length - 1}"), (second.Status, second.Headers["Range"]));
        Assert.Equal(0, (await HeadAsync(file)).ContentLength);
        Assert.Equal(400, (await server.SendAsync(HttpMethod.Post, file + "?action=COMPLETE")).Status);
        Answer overlap = await PartAsync(file, text, 30, 60);
        Assert.Equal((400, "upload.overlap"), (overlap.Status, overlap.Headers["x-muster-error"]));
        await PartAsync(file, text, 0, 40);
        Assert.Equal(text.Length, (await HeadAsync(file)).ContentLength);
        Assert.Equal($$"""{"name":"day=1/people.json","sizeInBytes":{{text.Length}}}""", (await server.SendAsync(HttpMethod.Post, file + "?action=COMPLETE")).Text);

        JsonNode done = await CompleteAsync(batch);
        Assert.True((string)done["status"]! == "success", done.ToJsonString());
        Assert.Equal((1, 2, text.Length), ((int)done["metrics"]!["inputFileCount"]!, (int)done["metrics"]!["outputRecordCount"]!, (int)done["metrics"]!["inputByteSize"]!));
        Assert.Equal(text.Length, (await HeadAsync(file)).ContentLength);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("bytes 0-3")]
    [InlineData("bytes 3-1/10")]
    [InlineData("items 0-3/4")]
    [InlineData("bytes */4")]
    public async Task Part_BadContentRange_400(string? range)
    {
        (string dataset, string batch) = await OpenAsync();
        string file = $"{Import}/{batch}/datasets/{dataset}/files/a.json";
        await server.SendAsync(HttpMethod.Post, file + "?action=INITIALIZE");
        using var request = new HttpRequestMessage(HttpMethod.Patch, file) { Content = new ByteArrayContent("1234"u8.ToArray()) };
        if (range is not null) request.Content.Headers.TryAddWithoutValidation("Content-Range", range);
        using HttpResponseMessage response = await server.Client.SendAsync(request, Stop);
        Assert.Equal("upload.range", response.Headers.GetValues("x-muster-error").Single());
    }

    [Theory]
    [InlineData("action=COMPLETE", "success")]
    [InlineData("actions=complete", "success")]
    [InlineData("action=Abort", "aborted")]
    [InlineData("actions=FAIL", "failed")]
    public async Task Action_EitherSpelling_LeadsToItsStatus(string query, string status)
    {
        (string dataset, string batch) = await OpenAsync();
        await PutAsync(dataset, batch, "a.json", Person("a@x.org"));
        for (int i = 0; i < 2; i++) Assert.Equal((200, ""), await ActAsync(batch, query));
        Assert.Equal(status, (string)(await EndedAsync(batch))["status"]!);
        Answer late = await server.SendAsync(HttpMethod.Post, $"{Import}/{batch}?action=" + (status == "aborted" ? "FAIL" : "ABORT"));
        Assert.Equal((409, "batch.closed"), (late.Status, late.Headers["x-muster-error"]));
    }

    [Fact]
    public async Task Revert_ThenReplayThenDeleteTheDataset_FollowTheirPeople()
    {
        (string dataset, string first) = await OpenAsync();
        await PutAsync(dataset, first, "a.json", Person("revert@x.org"));
        await CompleteAsync(first);
        Assert.Equal(200, await LookUpAsync("revert@x.org"));
        for (int i = 0; i < 2; i++) Assert.Equal((200, ""), await ActAsync(first, "action=revert"));
        Assert.Equal("inactive", (string)(await EndedAsync(first, "success"))["status"]!);
        Assert.Equal(404, await LookUpAsync("revert@x.org"));
        Assert.Equal("""{"data":[],"_page":{"limit":100,"count":0}}""", (await server.GetAsync($"{Export}/{first}/files")).Text);

        (_, string second) = await OpenAsync(""","externalId":"replay-me" """, dataset);
        await PutAsync(dataset, second, "a.json", Person("second@x.org"));
        await CompleteAsync(second);
        (_, string third) = await OpenAsync($$""","replay":{"predecessors":["${{first}}"],"predecessorsByExternalId":["replay-me"],"reason":"replace"} """, dataset);
        await PutAsync(dataset, third, "a.json", Person("third@x.org"));
        JsonNode done = await CompleteAsync(third);
        Assert.Equal(("success", "replace", first), ((string)done["status"]!, (string)done["replay"]!["reason"]!, (string)done["replay"]!["predecessors"]![0]!));
        Assert.Equal((404, 200), (await LookUpAsync("second@x.org"), await LookUpAsync("third@x.org")));
        JsonNode replaced = (await server.GetAsync($"{Catalog}/batches/{second}")).Json[second]!;
        Assert.Equal(("inactive", third), ((string)replaced["status"]!, (string)replaced["tags"]!["acp_successor"]![0]!));

        Assert.Equal($"""["@/dataSets/{dataset}"]""", (await server.DeleteAsync($"{Catalog}/dataSets/{dataset}")).Text);
        Assert.Equal(404, await LookUpAsync("third@x.org"));
        Assert.Equal(404, (await server.GetAsync($"{Catalog}/batches/{third}")).Status);
    }

    [Fact]
    public async Task CatalogDelete_OfABatch_RevertsOrAborts()
    {
        (string dataset, string batch) = await OpenAsync();
        await PutAsync(dataset, batch, "a.json", Person("catalog@x.org"));
        await CompleteAsync(batch);
        (_, string open) = await OpenAsync("", dataset);
        foreach ((string id, string status) in ((string, string)[])[(batch, "inactive"), (open, "aborted")])
        {
            Assert.Equal($"""["@/batches/{id}"]""", (await server.DeleteAsync($"{Catalog}/batches/{id}")).Text);
            Assert.Equal(status, (string)(await EndedAsync(id, "success"))["status"]!);
        }

        Assert.Equal(404, (await server.DeleteAsync($"{Catalog}/batches/nope")).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("action=INITIALIZE")]
    [InlineData("action=nonsense")]
    public async Task Action_Unknown_400(string query)
    {
        (_, string batch) = await OpenAsync();
        Assert.Equal(400, (await server.SendAsync(HttpMethod.Post, $"{Import}/{batch}?{query}")).Status);
    }

    [Fact]
    public async Task Diagnostics_FailedRecordsAndInputFiles_AreListedAndRead()
    {
        (string dataset, string batch) = await OpenAsync(""","enableErrorDiagnostics":"True","partialIngestionPercentage":60""");
        await PutAsync(dataset, batch, "day=1/a.json", Person("a@x.org") + "\nnot json\n{\"x\":1}");
        await PutAsync(dataset, batch, "b.json", Person("b@x.org"));
        JsonNode done = await CompleteAsync(batch);
        Assert.Equal(("success", 2), ((string)done["status"]!, (int)done["failedRecordCount"]!));
        Assert.Equal(("true", "60"), ((string)done["tags"]!["acp_enableErrorDiagnostics"]![0]!, (string)done["tags"]!["acp_partialIngestionPercent"]![0]!));
        Assert.NotEmpty(done["errors"]!.AsArray());

        JsonNode errors = (await server.GetAsync($"{Export}/{batch}/meta?path=row_errors")).Json;
        Assert.Equal((1, 100), ((int)errors["_page"]!["count"]!, (int)errors["_page"]!["limit"]!));
        string text = await ReadAsync(errors["data"]![0]!);
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.NotEmpty(JsonNode.Parse(line)!["_errors"]!.AsArray()));
        Assert.All(lines, line => Assert.Equal("day=1/a.json", (string)JsonNode.Parse(line)!["_filename"]!));
        Assert.Equal((string)errors["data"]![0]!["length"]!, Encoding.UTF8.GetByteCount(text).ToString(System.Globalization.CultureInfo.InvariantCulture));

        JsonNode inputs = (await server.GetAsync($"{Export}/{batch}/meta?path=input_files")).Json;
        Assert.Equal(["b.json", "day=1/a.json"], inputs["data"]!.AsArray().Select(f => (string)f!["name"]!).Order(StringComparer.Ordinal));
        foreach (JsonNode? file in inputs["data"]!.AsArray()) Assert.Equal((string)file!["name"]!, (string)JsonNode.Parse(await ReadAsync(file))!["name"]!);
        Assert.Equal(text, (await server.GetAsync($"{Export}/{batch}/meta?path=row_errors_sample.json")).Text);
        Assert.Equal(3, (await server.GetAsync($"{Export}/{batch}/meta")).Json["data"]!.AsArray().Count);
        Assert.Equal(404, (await server.GetAsync($"{Export}/{batch}/meta?path=input_files/c.json")).Status);
        Assert.Equal(404, (await server.GetAsync($"{Export}/{batch}/meta?path=other")).Status);
    }

    [Theory]
    [InlineData(""","inputFormat":{"format":"xml"}""", "batch.format")]
    [InlineData(""","inputFormat":{"format":"CSV","delimiter":"ab"}""", "request.wrongValue")]
    [InlineData(""","inputFormat":{"format":"csv","delimiter":"\""}""", "batch.csv")]
    [InlineData(""","inputFormat":{"format":"csv","header":false}""", "request.wrongValue")]
    [InlineData(""","inputFormat":{"format":"csv","charset":"UTF-16"}""", "request.wrongValue")]
    [InlineData(""","inputFormat":{"format":"csv"},"mapping":{"fields":[{"source":"a"}]}""", "batch.mapping")]
    [InlineData(""","inputFormat":{"format":"json"},"mapping":{"fields":[{"source":"a","target":"b"}]}""", "batch.mapping")]
    [InlineData(""","inputFormat":{"format":"json"},"partialIngestionPercentage":101""", "batch.share")]
    [InlineData(""","inputFormat":{"format":"json"},"replay":{}""", "request.wrongValue")]
    [InlineData(""","inputFormat":{"format":"json"},"replay":{"predecessors":["nope"]}""", "batch.predecessor")]
    public async Task Create_WhatCannotBe_400(string fields, string code)
    {
        string dataset = await DatasetAsync();
        Answer answer = await server.PostAsync(Import, $$"""{"datasetId":"{{dataset}}"{{fields}}}""");
        Assert.Equal((400, code), (answer.Status, answer.Headers["x-muster-error"]));
    }

    [Fact]
    public async Task Catalog_FiltersTagsAndLastBatches_FindTheBatch()
    {
        (string dataset, string batch) = await OpenAsync(""","externalId":"ext-1","tags":{"flowId":["f-77"]}""");
        await PutAsync(dataset, batch, "a.json", Person("a@x.org"));
        await CompleteAsync(batch);
        server.Time.Advance(TimeSpan.FromSeconds(1));
        (_, string aborted) = await OpenAsync("", dataset);
        await ActAsync(aborted, "action=ABORT");
        foreach (string query in (string[])[
            "externalId=ext-1", "tags=flowId:f-*", "tags=flowId:*", $"dataSet={dataset}&status=success", $"batch={batch}",
            $"dataSet={dataset}&property=status==success", $"dataSet={dataset}&status=success,failed&orderBy=desc:created&limit=1&properties=id,status"])
            Assert.Equal([batch], (await server.GetAsync($"{Catalog}/batches?{query}")).Json.AsObject().Select(b => b.Key));
        JsonNode shown = (await server.GetAsync($"{Catalog}/batch/{batch}")).Json[batch]!;
        Assert.Equal((ServerFixture.ClientId, dataset), ((string)shown["createdClient"]!, (string)shown["relatedObjects"]![0]!["id"]!));
        JsonNode last = (await server.GetAsync($"{Catalog}/lastBatches?dataSetId={dataset}")).Json[dataset]!;
        Assert.Equal((aborted, "aborted", batch), ((string)last["lastBatchId"]!, (string)last["lastBatchStatus"]!, (string)last["lastSuccessfulBatchId"]!));
        Assert.Equal(400, (await server.GetAsync($"{Catalog}/batches?tags=nonsense")).Status);
    }

    [Theory]
    [InlineData("json", "", "a.json", "{\"a\":{\"b\":1},\"c\":\"x\"}\n{\"c\":null,\"d\":[1,2]}\nnot json",
        """{"columns":[{"cid":"0","name":"a/b"},{"cid":"1","name":"c"},{"cid":"2","name":"d"},{"cid":"3","name":"_corrupt_record"}],"rows":[{"0":"1","1":"x"},{"2":"[1,2]"},{"3":"not json"}]}""")]
    [InlineData("json", "&isMultiLineJson=True&nrow=1", "a.json", "[{\"a\":\n1},{\"a\":2}]", """{"columns":[{"cid":"0","name":"a"}],"rows":[{"0":"1"}]}""")]
    [InlineData("csv", "&delimiter=%09&quote='&nrow=2", "a.csv", "a\tb\n1\t'x\ty'\n2\t3\n4\t5", """{"columns":[{"cid":"0","name":"a"},{"cid":"1","name":"b"}],"rows":[{"0":"1","1":"x\ty"},{"0":"2","1":"3"}]}""")]
    [InlineData("csv", "&header=false", "a.csv", "1,2", """{"columns":[{"cid":"0","name":"column0"},{"cid":"1","name":"column1"}],"rows":[{"0":"1","1":"2"}]}""")]
    public async Task Preview_OpenBatch_FirstRowsAsTexts(string format, string query, string name, string content, string preview)
    {
        (string dataset, string batch) = await OpenAsync();
        string path = $"{Import}/{batch}/datasets/{dataset}/preview?format={format}{query}";
        Assert.Equal("""{"columns":[],"rows":[]}""", (await server.GetAsync(path)).Json["preview"]!.ToJsonString());
        await PutAsync(dataset, batch, name, content);
        JsonNode answer = (await server.GetAsync(path)).Json;
        Assert.Equal(JsonNode.Parse(preview)!.ToJsonString(), answer["preview"]!.ToJsonString());
        Assert.Equal(format, (string)answer["formatParams"]!["format"]!);
    }

    [Fact]
    public async Task Preview_LoadedBatch_ShowsWhatLanded()
    {
        (string dataset, string batch) = await OpenAsync();
        await PutAsync(dataset, batch, "a.json", Person("a@x.org"));
        await CompleteAsync(batch);
        JsonNode answer = (await server.GetAsync($"{Import}/{batch}/datasets/{dataset}/preview")).Json;
        Assert.Single(answer["preview"]!["rows"]!.AsArray());
        Answer other = await server.GetAsync($"{Import}/{batch}/datasets/{await DatasetAsync()}/preview");
        Assert.Equal((404, "batch.dataset"), (other.Status, other.Headers["x-muster-error"]));
        Assert.Equal(400, (await server.GetAsync($"{Import}/{batch}/datasets/{dataset}/preview?format=xml")).Status);
        Assert.Equal(400, (await server.GetAsync($"{Import}/{batch}/datasets/{dataset}/preview?nrow=1001")).Status);
    }

    [Fact]
    public async Task Preview_FilesThatAreNoParquet_400()
    {
        (string dataset, string batch) = await OpenAsync();
        await PutAsync(dataset, batch, "a.parquet", "PAR1nonsensePAR1");
        Answer answer = await server.GetAsync($"{Import}/{batch}/datasets/{dataset}/preview?format=parquet");
        Assert.Equal((400, "batch.preview"), (answer.Status, answer.Headers["x-muster-error"]));
    }

    [Fact]
    public async Task Create_BodyWithByteOrderMark_IsRead()
    {
        string dataset = await DatasetAsync();
        Answer answer = await server.PostAsync(Import, "\uFEFF{\"datasetId\":\"" + dataset + "\",\"inputFormat\":{\"format\":\"JSON\"}}");
        Assert.Equal(201, answer.Status);
    }

    private static string Person(string email) => $$$"""{"identityMap":{"Email":[{"id":"{{{email}}}","primary":true}]}}""";

    private async Task<string> DatasetAsync() => ((string)(await server.PostAsync(Catalog + "/dataSets", """{"name":"d"}""")).Json[0]!).Split('/')[^1];

    private async Task<(string Dataset, string Batch)> OpenAsync(string fields = "", string? existing = null)
    {
        string dataset = existing ?? await DatasetAsync();
        Answer answer = await server.PostAsync(Import, """{"datasetId":""" + $"\"{dataset}\"" + ""","inputFormat":{"format":"json"}""" + fields + "}");
        Assert.True(answer.Status == 201, answer.Text);
        return (dataset, (string)answer.Json["id"]!);
    }

    private async Task PutAsync(string dataset, string batch, string name, string lines) => Assert.Equal(200,
        (await server.SendAsync(HttpMethod.Put, $"{Import}/{batch}/datasets/{dataset}/files/{name}", lines, "application/octet-stream")).Status);

    private async Task<Answer> PartAsync(string file, string text, int from, int to)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, file) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text[from..to])) };
        request.Content.Headers.ContentRange = new ContentRangeHeaderValue(from, to - 1, text.Length);
        using HttpResponseMessage response = await server.Client.SendAsync(request, Stop);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(Stop),
            response.Headers.ToDictionary(h => h.Key, h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase));
    }

    private async Task<HttpContentHeaders> HeadAsync(string file)
    {
        using HttpResponseMessage response = await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, file), Stop);
        Assert.True(response.IsSuccessStatusCode, response.ToString());
        return response.Content.Headers;
    }

    private async Task<(int, string)> ActAsync(string batch, string query)
    {
        Answer answer = await server.SendAsync(HttpMethod.Post, $"{Import}/{batch}?{query}");
        return (answer.Status, answer.Text);
    }

    private async Task<JsonNode> CompleteAsync(string batch)
    {
        Assert.Equal((200, ""), await ActAsync(batch, "action=COMPLETE"));
        return await EndedAsync(batch);
    }

    private async Task<int> LookUpAsync(string email) => (await server.GetAsync(
        $"/data/core/ups/access/entities?schema.name=_xdm.context.profile&entityId={email}&entityIdNS=email")).Status;

    private async Task<JsonNode> EndedAsync(string batch, string passing = "")
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            JsonNode found = (await server.GetAsync($"{Catalog}/batches/{batch}")).Json[batch]!;
            if ((string)found["status"]! is var status and not ("loading" or "loaded" or "staging") && status != passing) return found;
            await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
        }
    }

    private async Task<string> ReadAsync(JsonNode entry) =>
        (await server.GetAsync(new Uri((string)entry["_links"]!["self"]!["href"]!).PathAndQuery)).Text;
}
